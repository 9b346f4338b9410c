using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

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
