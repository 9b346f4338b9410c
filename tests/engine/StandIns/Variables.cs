using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Names a variable in one of the scopes that have a prefix.</summary>
public abstract class VariableCommand : PSCmdlet
{
    [Parameter]
    public string Scope { get; set; }

    protected string Qualified(string name)
    {
        return Scope?.ToLowerInvariant() switch
        {
            null => name,
            "global" or "script" or "local" => $"{Scope}:{name}",
            _ => throw new NotSupportedException($"-Scope {Scope}: the stand-in knows Global, Script and Local only."),
        };
    }
}

[Cmdlet(VerbsCommon.Get, "Variable")]
public sealed class GetVariableCommand : VariableCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public string[] Name { get; set; }

    [Parameter]
    public SwitchParameter ValueOnly { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string name in Name)
        {
            if (WildcardPattern.ContainsWildcardCharacters(name))
            {
                throw new NotSupportedException($"-Name {name}: the stand-in knows no wildcards.");
            }

            PSVariable variable = SessionState.PSVariable.Get(Qualified(name));
            if (variable == null)
            {
                WriteError(new ErrorRecord(
                    new ItemNotFoundException($"Cannot find a variable with the name '{name}'."),
                    "VariableNotFound", ErrorCategory.ObjectNotFound, name));
                continue;
            }

            WriteObject(ValueOnly ? variable.Value : variable);
        }
    }
}

[Cmdlet(VerbsCommon.Set, "Variable")]
public sealed class SetVariableCommand : VariableCommand
{
    [Parameter(Mandatory = true, Position = 0)]
    public string Name { get; set; }

    [Parameter(Position = 1)]
    [AllowNull]
    public object Value { get; set; }

    protected override void ProcessRecord() => SessionState.PSVariable.Set(Qualified(Name), Value);
}
