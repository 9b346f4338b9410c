using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

[Cmdlet(VerbsCommon.Set, "Alias")]
public sealed class SetAliasCommand : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0)]
    public string Name { get; set; }

    [Parameter(Mandatory = true, Position = 1)]
    public string Value { get; set; }

    // The drive belongs to whoever calls: inside a module, to the module.
    protected override void ProcessRecord() => InvokeProvider.Item.Set($"Alias:{Name}", Value);
}
