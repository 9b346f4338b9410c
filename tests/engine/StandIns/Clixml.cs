using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

[Cmdlet(VerbsData.Export, "Clixml")]
public sealed class ExportClixmlCommand : PSCmdlet
{
    private readonly List<object> _items = [];

    [Parameter(Mandatory = true, Position = 0)]
    public string Path { get; set; }

    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [AllowNull]
    public PSObject InputObject { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Depth { get; set; } = 2;

    protected override void ProcessRecord() => _items.Add(InputObject);

    protected override void EndProcessing()
    {
        string file = SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path);
        // Several objects are written as one list, which is a level of its own; the import takes it apart again.
        string xml = _items.Count == 1
            ? PSSerializer.Serialize(_items[0], Depth)
            : PSSerializer.Serialize(_items, Depth + 1);
        File.WriteAllText(file, xml);
    }
}

[Cmdlet(VerbsData.Import, "Clixml")]
public sealed class ImportClixmlCommand : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0)]
    public string Path { get; set; }

    protected override void ProcessRecord()
    {
        string file = SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path);
        WriteObject(PSSerializer.Deserialize(File.ReadAllText(file)), enumerateCollection: true);
    }
}
