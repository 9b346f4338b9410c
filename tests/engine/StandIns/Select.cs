using System.Management.Automation;
using PyBridge.Engine;

namespace Microsoft.PowerShell.Commands;

[Cmdlet(VerbsCommon.Select, "Object")]
public sealed class SelectObjectCommand : PSCmdlet
{
    private readonly Queue<PSObject> _last = new();
    private int _seen;
    private int _written;

    [Parameter(ValueFromPipeline = true)]
    public PSObject InputObject { get; set; }

    [Parameter(Position = 0)]
    public object[] Property { get; set; }

    [Parameter]
    public string ExpandProperty { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int First { get; set; } = int.MaxValue;

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Last { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Skip { get; set; }

    protected override void BeginProcessing()
    {
        if (Last > 0 && (Skip > 0 || First != int.MaxValue))
        {
            throw new NotSupportedException("-Last cannot be combined with -First or -Skip in the stand-in.");
        }

        if (Property != null && ExpandProperty != null)
        {
            throw new NotSupportedException("-Property cannot be combined with -ExpandProperty in the stand-in.");
        }
    }

    protected override void ProcessRecord()
    {
        if (InputObject == null || _seen++ < Skip)
        {
            return;
        }

        if (Last > 0)
        {
            _last.Enqueue(InputObject);
            if (_last.Count > Last)
            {
                _last.Dequeue();
            }

            return;
        }

        if (_written < First)
        {
            _written++;
            Emit(InputObject);
        }

        if (_written >= First)
        {
            throw Internals.StopUpstream(this);
        }
    }

    protected override void EndProcessing()
    {
        foreach (PSObject item in _last)
        {
            Emit(item);
        }
    }

    private void Emit(PSObject item)
    {
        if (ExpandProperty != null)
        {
            Expand(item);
        }
        else if (Property != null)
        {
            WriteObject(Project(item));
        }
        else
        {
            WriteObject(item);
        }
    }

    private void Expand(PSObject item)
    {
        List<PSPropertyExpressionResult> found = new PSPropertyExpression(ExpandProperty).GetValues(item);
        if (found.Count == 0)
        {
            WriteError(new ErrorRecord(
                new PSArgumentException($"Property \"{ExpandProperty}\" cannot be found."),
                "ExpandPropertyNotFound", ErrorCategory.InvalidArgument, item));
        }

        foreach (PSPropertyExpressionResult result in found.Where(result => result.Exception == null))
        {
            WriteObject(result.Result, enumerateCollection: true);
        }
    }

    private PSObject Project(PSObject item)
    {
        var result = new PSObject();
        foreach (Column column in Property.Select(Column.Parse))
        {
            List<PSPropertyExpressionResult> found = column.Expression.GetValues(item);
            if (found.Count == 0 && !column.Expression.HasWildCardCharacters)
            {
                result.Properties.Add(new PSNoteProperty(column.Name ?? column.Expression.ToString(), null));
            }

            foreach (PSPropertyExpressionResult value in found)
            {
                string name = column.Name ?? value.ResolvedExpression.ToString();
                result.Properties.Add(new PSNoteProperty(name, value.Exception == null ? value.Result : null));
            }
        }

        result.TypeNames.Insert(0, "Selected." + item.TypeNames[0]);
        return result;
    }
}
