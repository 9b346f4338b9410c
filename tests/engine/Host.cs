using System.Globalization;
using System.Management.Automation.Host;

namespace PyBridge.Engine;

/// <summary>What the engine sees of the program around it.</summary>
internal sealed class Host : PSHost
{
    private readonly HostUI _ui = new();

    /// <summary>The code of a script's "exit", once there was one.</summary>
    public int? RequestedExitCode { get; private set; }

    public override string Name => "PyBridge test engine";
    public override Version Version => typeof(Host).Assembly.GetName().Version;
    public override Guid InstanceId { get; } = Guid.NewGuid();
    public override PSHostUserInterface UI => _ui;
    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;
    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    public override void SetShouldExit(int exitCode) => RequestedExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new NotSupportedException("Nested prompts are not supported.");
    public override void ExitNestedPrompt() => throw new NotSupportedException("Nested prompts are not supported.");
    public override void NotifyBeginApplication() { }
    public override void NotifyEndApplication() { }
}
