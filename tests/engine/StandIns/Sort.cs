using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

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
