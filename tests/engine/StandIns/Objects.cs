using System.Collections;
using System.Diagnostics;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

[Cmdlet(VerbsCommon.New, "Object")]
public sealed class NewObjectCommand : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0)]
    public string TypeName { get; set; }

    [Parameter(Position = 1)]
    [Alias("Args")]
    public object[] ArgumentList { get; set; } = [];

    [Parameter]
    public IDictionary Property { get; set; }

    protected override void ProcessRecord()
    {
        if (!LanguagePrimitives.TryConvertTo(TypeName, out Type type))
        {
            ThrowTerminatingError(new ErrorRecord(
                new TypeLoadException(
                    $"Cannot find type [{TypeName}]: verify that the assembly containing this type is loaded."),
                "TypeNotFound", ErrorCategory.InvalidType, null));
        }

        // The language itself picks the constructor and converts the arguments; the table keeps a collection whole.
        const string Create = "param($type, $list) @{ New = $type::new.Invoke($list) }";
        var created = (Hashtable)InvokeCommand.InvokeScript(Create, type, ArgumentList)[0].BaseObject;
        PSObject result = PSObject.AsPSObject(created["New"]);
        foreach (DictionaryEntry entry in Property ?? new Hashtable())
        {
            string name = entry.Key.ToString();
            if (result.Properties[name] is PSPropertyInfo known)
            {
                known.Value = entry.Value;
            }
            else if (type == typeof(PSObject))
            {
                result.Properties.Add(new PSNoteProperty(name, entry.Value));
            }
            else
            {
                throw new NotSupportedException($"-Property: {TypeName} has no property '{name}'.");
            }
        }

        WriteObject(result);
    }
}

[Cmdlet(VerbsCommon.Add, "Member", DefaultParameterSetName = "NotePropertyMultiMemberSet")]
public sealed class AddMemberCommand : PSCmdlet
{
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public PSObject InputObject { get; set; }

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "MemberSet")]
    [Alias("Type")]
    public PSMemberTypes MemberType { get; set; }

    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "MemberSet")]
    public string Name { get; set; }

    [Parameter(Position = 2, ParameterSetName = "MemberSet")]
    public object Value { get; set; }

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "NotePropertySingleMemberSet")]
    public string NotePropertyName { get; set; }

    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "NotePropertySingleMemberSet")]
    [AllowNull]
    public object NotePropertyValue { get; set; }

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "NotePropertyMultiMemberSet")]
    public IDictionary NotePropertyMembers { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord()
    {
        foreach (PSMemberInfo member in NewMembers())
        {
            if (InputObject.Members[member.Name] != null)
            {
                if (!Force)
                {
                    var problem = new InvalidOperationException(
                        $"Cannot add a member with the name \"{member.Name}\" because a member with that name already "
                        + "exists. To overwrite the member anyway, add the Force parameter to your command.");
                    WriteError(new ErrorRecord(
                        problem, "MemberAlreadyExists", ErrorCategory.InvalidOperation, InputObject));
                    continue;
                }

                InputObject.Members.Remove(member.Name);
            }

            InputObject.Members.Add(member);
        }

        if (PassThru)
        {
            WriteObject(InputObject);
        }
    }

    private IEnumerable<PSMemberInfo> NewMembers()
    {
        return ParameterSetName switch
        {
            "MemberSet" => [NewMember()],
            "NotePropertySingleMemberSet" => [new PSNoteProperty(NotePropertyName, NotePropertyValue)],
            _ => NotePropertyMembers.Cast<DictionaryEntry>().Select(
                entry => new PSNoteProperty(entry.Key.ToString(), entry.Value)),
        };
    }

    private PSMemberInfo NewMember()
    {
        return MemberType switch
        {
            PSMemberTypes.NoteProperty => new PSNoteProperty(Name, Value),
            PSMemberTypes.ScriptProperty => new PSScriptProperty(Name, LanguagePrimitives.ConvertTo<ScriptBlock>(Value)),
            PSMemberTypes.ScriptMethod => new PSScriptMethod(Name, LanguagePrimitives.ConvertTo<ScriptBlock>(Value)),
            PSMemberTypes.AliasProperty => new PSAliasProperty(Name, LanguagePrimitives.ConvertTo<string>(Value)),
            _ => throw new NotSupportedException($"-MemberType {MemberType} is not supported by the stand-in."),
        };
    }
}

/// <summary>One member of a type, as Get-Member tells it.</summary>
public sealed class MemberDefinition
{
    public string TypeName { get; init; }
    public string Name { get; init; }
    public PSMemberTypes MemberType { get; init; }
    public string Definition { get; init; }
}

[Cmdlet(VerbsCommon.Get, "Member")]
public sealed class GetMemberCommand : PSCmdlet
{
    private readonly HashSet<string> _seenTypes = [];

    [Parameter(ValueFromPipeline = true)]
    public PSObject InputObject { get; set; }

    [Parameter(Position = 0)]
    public string Name { get; set; } = "*";

    [Parameter]
    [Alias("Type")]
    public PSMemberTypes MemberType { get; set; } = PSMemberTypes.All;

    protected override void ProcessRecord()
    {
        if (InputObject == null || !_seenTypes.Add(InputObject.TypeNames[0]))
        {
            return;
        }

        IEnumerable<PSMemberInfo> members = InputObject.Members.Match(Name, MemberType)
            .Where(member => !member.Name.StartsWith("get_") && !member.Name.StartsWith("set_"))
            .OrderBy(member => member.MemberType.ToString()).ThenBy(member => member.Name);
        foreach (PSMemberInfo member in members)
        {
            WriteObject(new MemberDefinition
            {
                TypeName = InputObject.TypeNames[0],
                Name = member.Name,
                MemberType = member.MemberType,
                Definition = member.ToString(),
            });
        }
    }
}

[Cmdlet(VerbsDiagnostic.Measure, "Command")]
public sealed class MeasureCommandCommand : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0)]
    public ScriptBlock Expression { get; set; }

    protected override void ProcessRecord()
    {
        var watch = Stopwatch.StartNew();
        InvokeCommand.InvokeScript(useLocalScope: false, Expression, null, null);
        WriteObject(watch.Elapsed);
    }
}
