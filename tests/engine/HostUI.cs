using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Internal;
using System.Security;

namespace PyBridge.Engine;

/// <summary>Errors go to stderr, everything else to stdout, as in pwsh. Never colours, never questions.</summary>
internal sealed class HostUI : PSHostUserInterface
{
    public override PSHostRawUserInterface RawUI { get; } = new HostRawUI();

    public override void Write(string value) => Console.Out.Write(Plain(value));
    public override void Write(ConsoleColor foreground, ConsoleColor background, string value) => Write(value);
    public override void WriteLine(string value) => Console.Out.WriteLine(Plain(value));

    public override void WriteErrorLine(string value)
    {
        // The layout of a long error ends with an empty line; pwsh leaves it out.
        if (!string.IsNullOrEmpty(value))
        {
            Console.Error.WriteLine(Plain(value));
        }
    }

    public override void WriteWarningLine(string message) => WriteLine("WARNING: " + message);
    public override void WriteVerboseLine(string message) => WriteLine("VERBOSE: " + message);
    public override void WriteDebugLine(string message) => WriteLine("DEBUG: " + message);
    public override void WriteProgress(long sourceId, ProgressRecord record) { }

    public override string ReadLine() => throw NoQuestions();
    public override SecureString ReadLineAsSecureString() => throw NoQuestions();

    public override Dictionary<string, PSObject> Prompt(
        string caption, string message, Collection<FieldDescription> descriptions) => throw NoQuestions();

    public override int PromptForChoice(
        string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) => throw NoQuestions();

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName) => throw NoQuestions();

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName,
        PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => throw NoQuestions();

    // Views put colours in; taking them out is the host's part.
    private static string Plain(string value) =>
        value == null ? null : new StringDecorated(value).ToString(OutputRendering.PlainText);

    // The binder turns this very type into "missing mandatory parameters".
    private static PSInvalidOperationException NoQuestions() =>
        new("PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.");
}
