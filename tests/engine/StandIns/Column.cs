using System.Collections;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

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
