using System.Management.Automation;
using System.Text;

namespace Microsoft.PowerShell.Commands;

// Files and the drives Env:, Variable:, Function: and Alias: are the engine's own providers.

[Cmdlet(VerbsCommon.Get, "ChildItem")]
public sealed class GetChildItemCommand : PSCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true)]
    public string[] Path { get; set; } = ["."];

    [Parameter]
    public SwitchParameter Recurse { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        try
        {
            WriteObject(InvokeProvider.ChildItem.Get(Path, Recurse, Force, literalPath: false), enumerateCollection: true);
        }
        catch (ItemNotFoundException error)
        {
            WriteError(error.ErrorRecord);
        }
    }
}

[Cmdlet(VerbsCommon.Remove, "Item")]
public sealed class RemoveItemCommand : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true)]
    public string[] Path { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    public string[] LiteralPath { get; set; }

    [Parameter]
    public SwitchParameter Recurse { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        try
        {
            InvokeProvider.Item.Remove(LiteralPath ?? Path, Recurse, Force, literalPath: LiteralPath != null);
        }
        catch (ItemNotFoundException error)
        {
            WriteError(error.ErrorRecord);
        }
    }
}

[Cmdlet(VerbsCommon.Get, "Content")]
public sealed class GetContentCommand : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true)]
    public string Path { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    public string LiteralPath { get; set; }

    [Parameter]
    public SwitchParameter Raw { get; set; }

    /// <summary>Both are read as UTF-8, of which ASCII is a part.</summary>
    [Parameter]
    [ValidateSet("UTF8", "ASCII")]
    public string Encoding { get; set; }

    protected override void ProcessRecord()
    {
        string path = LiteralPath ?? Path;
        string file = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);
        if (!File.Exists(file))
        {
            WriteError(new ErrorRecord(
                new ItemNotFoundException($"Cannot find path '{file}' because it does not exist."),
                "PathNotFound", ErrorCategory.ObjectNotFound, path));
            return;
        }

        if (Raw)
        {
            WriteObject(File.ReadAllText(file));
        }
        else
        {
            WriteObject(File.ReadLines(file), enumerateCollection: true);
        }
    }
}

[Cmdlet(VerbsCommon.Set, "Content")]
public sealed class SetContentCommand : PSCmdlet
{
    private readonly StringBuilder _text = new();

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path")]
    public string Path { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    public string LiteralPath { get; set; }

    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyCollection]
    public object[] Value { get; set; }

    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    /// <summary>UTF-8 without a mark, as in PowerShell 7.</summary>
    [Parameter]
    [ValidateSet("UTF8", "ASCII")]
    public string Encoding { get; set; } = "UTF8";

    protected override void ProcessRecord()
    {
        foreach (object item in Value ?? [])
        {
            _text.Append(LanguagePrimitives.ConvertTo<string>(item));
            _text.Append(NoNewline ? string.Empty : Environment.NewLine);
        }
    }

    protected override void EndProcessing()
    {
        Encoding encoding = Encoding.Equals("ASCII", StringComparison.OrdinalIgnoreCase)
            ? System.Text.Encoding.ASCII
            : new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        string file = SessionState.Path.GetUnresolvedProviderPathFromPSPath(LiteralPath ?? Path);
        File.WriteAllText(file, _text.ToString(), encoding);
    }
}
