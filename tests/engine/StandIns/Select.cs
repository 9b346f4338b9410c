using System.Collections;
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

/// <summary>A property name, a script block, or a table of Name/Label and Expression.</summary>
internal sealed record Column(string Name, PSPropertyExpression Expression)
{
    public static Column Parse(object value)
    {
        object bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (bare is not IDictionary table)
        {
            return new Column(null, NewExpression(bare));
        }

        string name = null;
        object expression = null;
        foreach (DictionaryEntry entry in table)
        {
            switch (entry.Key.ToString().ToLowerInvariant())
            {
                case "n" or "name" or "l" or "label":
                    name = entry.Value?.ToString();
                    break;
                case "e" or "expression":
                    expression = entry.Value is PSObject boxed ? boxed.BaseObject : entry.Value;
                    break;
                default:
                    throw new NotSupportedException($"The key '{entry.Key}' of a calculated property is not supported.");
            }
        }

        return new Column(name, NewExpression(expression));
    }

    private static PSPropertyExpression NewExpression(object value) =>
        value is ScriptBlock block ? new PSPropertyExpression(block) : new PSPropertyExpression(value?.ToString());
}

[Cmdlet(VerbsDiagnostic.Measure, "Object")]
public sealed class MeasureObjectCommand : PSCmdlet
{
    private readonly List<object> _values = [];

    [Parameter(ValueFromPipeline = true)]
    public PSObject InputObject { get; set; }

    [Parameter(Position = 0)]
    public string Property { get; set; }

    [Parameter]
    public SwitchParameter Sum { get; set; }

    [Parameter]
    public SwitchParameter Average { get; set; }

    [Parameter]
    public SwitchParameter Minimum { get; set; }

    [Parameter]
    public SwitchParameter Maximum { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject == null)
        {
            return;
        }

        if (Property == null)
        {
            _values.Add(InputObject.BaseObject);
        }
        else if (InputObject.Properties[Property]?.Value is object value)
        {
            _values.Add(value);
        }
    }

    protected override void EndProcessing()
    {
        double[] numbers = Sum || Average || Minimum || Maximum
            ? _values.Select(LanguagePrimitives.ConvertTo<double>).ToArray()
            : [];
        var result = new PSObject();
        result.Properties.Add(new PSNoteProperty("Count", _values.Count));
        result.Properties.Add(new PSNoteProperty("Average", Of(Average, numbers, Enumerable.Average)));
        result.Properties.Add(new PSNoteProperty("Sum", Of(Sum, numbers, Enumerable.Sum)));
        result.Properties.Add(new PSNoteProperty("Maximum", Of(Maximum, numbers, Enumerable.Max)));
        result.Properties.Add(new PSNoteProperty("Minimum", Of(Minimum, numbers, Enumerable.Min)));
        result.Properties.Add(new PSNoteProperty("Property", Property));
        WriteObject(result);
    }

    private static object Of(bool wanted, double[] numbers, Func<IEnumerable<double>, double> aggregate) =>
        wanted && numbers.Length > 0 ? aggregate(numbers) : null;
}

[Cmdlet("Sort", "Object")]
public sealed class SortObjectCommand : PSCmdlet
{
    private readonly List<PSObject> _items = [];

    [Parameter(ValueFromPipeline = true)]
    public PSObject InputObject { get; set; }

    [Parameter(Position = 0)]
    public object[] Property { get; set; }

    [Parameter]
    public SwitchParameter Descending { get; set; }

    [Parameter]
    public SwitchParameter Unique { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject != null)
        {
            _items.Add(InputObject);
        }
    }

    protected override void EndProcessing()
    {
        PSPropertyExpression[] expressions = Property?.Select(value => Column.Parse(value).Expression).ToArray();
        var keyed = _items.Select(item => (Item: item, Keys: Keys(item, expressions)));
        var order = Comparer<object[]>.Create(Compare);
        var sorted = Descending ? keyed.OrderByDescending(pair => pair.Keys, order) : keyed.OrderBy(pair => pair.Keys, order);
        object[] previous = null;
        foreach ((PSObject item, object[] keys) in sorted)
        {
            if (!Unique || previous == null || Compare(previous, keys) != 0)
            {
                WriteObject(item);
            }

            previous = keys;
        }
    }

    private static object[] Keys(PSObject item, PSPropertyExpression[] expressions)
    {
        return expressions == null
            ? [item]
            : [.. expressions.Select(expression => expression.GetValues(item).FirstOrDefault()?.Result)];
    }

    private static int Compare(object[] left, object[] right)
    {
        for (int i = 0; i < left.Length; i++)
        {
            if (!LanguagePrimitives.TryCompare(left[i], right[i], ignoreCase: true, out int result))
            {
                // As the real cmdlet: what does not compare is compared as text.
                result = string.Compare($"{left[i]}", $"{right[i]}", StringComparison.CurrentCultureIgnoreCase);
            }

            if (result != 0)
            {
                return result;
            }
        }

        return 0;
    }
}
