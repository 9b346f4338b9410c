using System.Collections;
using System.Management.Automation;
using System.Numerics;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Microsoft.PowerShell.Commands;

/// <summary>Newtonsoft.Json decides what is a date, an integer or an error, as it does for the real cmdlet.</summary>
[Cmdlet(VerbsData.ConvertFrom, "Json")]
public sealed class ConvertFromJsonCommand : PSCmdlet
{
    private static readonly JsonSerializerSettings s_settings = new()
    {
        TypeNameHandling = TypeNameHandling.None,
        MetadataPropertyHandling = MetadataPropertyHandling.Ignore,
        MaxDepth = 1024,
    };

    private readonly List<string> _lines = [];

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowEmptyString]
    public string InputObject { get; set; }

    protected override void ProcessRecord() => _lines.Add(InputObject);

    protected override void EndProcessing()
    {
        // Several strings are either a document each or the lines of one document; the first one tells.
        if (_lines.Count > 1 && IsDocument(_lines[0]))
        {
            _lines.ForEach(Convert);
        }
        else
        {
            Convert(string.Join(Environment.NewLine, _lines));
        }
    }

    private static bool IsDocument(string text)
    {
        try
        {
            return Parse(text) != null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static object Parse(string text) => JsonConvert.DeserializeObject(text, s_settings);

    private void Convert(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return;
        }

        try
        {
            WriteObject(Plain(Parse(text)), enumerateCollection: true);
        }
        catch (JsonException error)
        {
            var wrapped = new ArgumentException("Conversion from JSON failed with error: " + error.Message, error);
            ThrowTerminatingError(
                new ErrorRecord(wrapped, typeof(ArgumentException).FullName, ErrorCategory.NotSpecified, null));
        }
    }

    private object Plain(object value)
    {
        return value switch
        {
            JObject members => PlainObject(members),
            JArray items => items.Select(Plain).ToArray(),
            JValue leaf => leaf.Value,
            _ => value,
        };
    }

    private PSObject PlainObject(JObject members)
    {
        var result = new PSObject();
        foreach (JProperty member in members.Properties())
        {
            if (member.Name.Length == 0)
            {
                Refuse(
                    "EmptyKeyInJsonString",
                    "The provided JSON includes a property whose name is an empty string, "
                    + "this is only supported using the -AsHashTable switch.");
            }

            if (result.Properties[member.Name] is PSPropertyInfo other)
            {
                Refuse(
                    "KeysWithDifferentCasingInJsonString",
                    "Cannot convert the JSON string because it contains keys with different casing. Please use the "
                    + "-AsHashTable switch instead. The key that was attempted to be added to the existing key "
                    + $"'{other.Name}' was '{member.Name}'.");
            }

            result.Properties.Add(new PSNoteProperty(member.Name, Plain(member.Value)));
        }

        return result;
    }

    private void Refuse(string errorId, string message)
    {
        var error = new InvalidOperationException(message);
        ThrowTerminatingError(new ErrorRecord(error, errorId, ErrorCategory.InvalidOperation, null));
    }
}

[Cmdlet(VerbsData.ConvertTo, "Json")]
public sealed class ConvertToJsonCommand : PSCmdlet
{
    private readonly List<object> _inputs = [];
    private bool _truncated;

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowNull]
    public object InputObject { get; set; }

    [Parameter]
    [ValidateRange(0, 100)]
    public int Depth { get; set; } = 2;

    [Parameter]
    public SwitchParameter Compress { get; set; }

    protected override void ProcessRecord() => _inputs.Add(InputObject);

    protected override void EndProcessing()
    {
        object input = _inputs.Count == 1 ? _inputs[0] : _inputs;
        var settings = new JsonSerializerSettings
        {
            TypeNameHandling = TypeNameHandling.None,
            MaxDepth = 1024,
            Formatting = Compress ? Formatting.None : Formatting.Indented,
        };
        string json = JsonConvert.SerializeObject(Plain(input, level: 0), settings);
        if (_truncated)
        {
            WriteWarning($"Resulting JSON is truncated as serialization has exceeded the set depth of {Depth}.");
        }

        WriteObject(json);
    }

    private object Plain(object value, int level)
    {
        object bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        switch (bare)
        {
            case null or DBNull or string or char or bool or DateTime or DateTimeOffset or Guid or Uri or BigInteger:
                return bare is DBNull ? null : bare;
            case Enum or decimal:
                return bare;
        }

        if (bare.GetType().IsPrimitive)
        {
            return bare;
        }

        if (level > Depth)
        {
            _truncated = true;
            return LanguagePrimitives.ConvertTo<string>(value);
        }

        return bare switch
        {
            IDictionary map => Members(
                map.Keys.Cast<object>().Select(key => (Name: $"{key}", Value: map[key])), level),
            IEnumerable items => items.Cast<object>().Select(item => Plain(item, level + 1)).ToList(),
            _ => Members(PSObject.AsPSObject(value).Properties.Select(ReadSafely), level),
        };
    }

    private Dictionary<string, object> Members(IEnumerable<(string Name, object Value)> members, int level)
    {
        var result = new Dictionary<string, object>();
        foreach ((string name, object value) in members)
        {
            result[name] = Plain(value, level + 1);
        }

        return result;
    }

    private static (string Name, object Value) ReadSafely(PSPropertyInfo property)
    {
        try
        {
            return (property.Name, property.Value);
        }
        catch (GetValueException)
        {
            return (property.Name, null);
        }
    }
}
