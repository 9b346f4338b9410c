using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;
using PyBridge.Engine;

namespace Microsoft.PowerShell.Commands;

// Parameters and layout come from the engine's own base classes, so these two are nearly the real ones.

[Cmdlet(VerbsCommon.Format, "Table")]
public sealed class FormatTableCommand : OuterFormatTableBase
{
    public FormatTableCommand() => Internals.UseShape(this, "Table");
}

[Cmdlet(VerbsCommon.Format, "List")]
public sealed class FormatListCommand : OuterFormatTableAndListBase
{
    public FormatListCommand() => Internals.UseShape(this, "List");
}

[Cmdlet(VerbsData.Out, "String")]
public sealed class OutStringCommand : FrontEndCommandBase
{
    private readonly StringWriter _text = new();

    [Parameter]
    [ValidateRange(2, int.MaxValue)]
    public int Width { get; set; }

    /// <summary>A string for each line; all of them at the end.</summary>
    [Parameter]
    public SwitchParameter Stream { get; set; }

    protected override void BeginProcessing()
    {
        Internals.UseText(this, _text, Width > 0 ? Width : Host.UI.RawUI.BufferSize.Width - 1);
        base.BeginProcessing();
    }

    protected override void EndProcessing()
    {
        base.EndProcessing();
        string text = _text.ToString();
        if (!Stream)
        {
            WriteObject(text);
            return;
        }

        using var lines = new StringReader(text);
        while (lines.ReadLine() is string line)
        {
            WriteObject(line);
        }
    }
}
