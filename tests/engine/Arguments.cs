using System.Management.Automation.Runspaces;
using System.Text;
using Microsoft.PowerShell;

namespace PyBridge.Engine;

/// <summary>A command line that pwsh would refuse too.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>The command line, read the way pwsh reads it.</summary>
internal sealed class Arguments
{
    /// <summary>Parameters and the shortest prefix that names each, as in pwsh.</summary>
    private static readonly (string Name, string Shortest)[] s_parameters =
    [
        ("version", "v"),
        ("noprofile", "nop"),
        ("nologo", "nol"),
        ("noninteractive", "noni"),
        ("command", "c"),
        ("file", "f"),
        ("encodedcommand", "e"),
        ("encodedcommand", "ec"),
        ("executionpolicy", "ex"),
        ("executionpolicy", "ep"),
        ("inputformat", "inp"),
        ("inputformat", "if"),
        ("outputformat", "o"),
        ("outputformat", "of"),
        ("workingdirectory", "wo"),
        ("workingdirectory", "wd"),
    ];

    public bool ShowVersion { get; private set; }
    public ExecutionPolicy? ExecutionPolicy { get; private set; }
    public string WorkingDirectory { get; private set; }

    /// <summary>Script to run, with its arguments.</summary>
    public string File { get; private set; }
    public List<CommandParameter> FileArguments { get; } = [];

    /// <summary>Text to run. Without it and without a file, commands come from stdin.</summary>
    public string Command { get; private set; }

    public static Arguments Parse(string[] args)
    {
        var parsed = new Arguments();
        parsed.Read(new Queue<string>(args));
        bool fromInput = parsed.File == null && parsed.Command == null && !parsed.ShowVersion;
        if (fromInput && !Console.IsInputRedirected)
        {
            throw new UsageException("This host is not interactive: give it -File, -Command or commands on stdin.");
        }

        return parsed;
    }

    private void Read(Queue<string> rest)
    {
        while (rest.TryDequeue(out string arg))
        {
            switch (Match(arg))
            {
                case "version":
                    ShowVersion = true;
                    return;
                case "noprofile" or "nologo" or "noninteractive":
                    break; // Always so here.
                case "inputformat" or "outputformat":
                    _ = Value(rest, arg);
                    break; // Text, always: a command's stdin is the command's own.
                case "executionpolicy":
                    ExecutionPolicy = ParsePolicy(Value(rest, arg));
                    break;
                case "workingdirectory":
                    WorkingDirectory = Value(rest, arg);
                    break;
                case "encodedcommand":
                    Command = Decode(Value(rest, arg));
                    break;
                case "command":
                    ReadCommand(Value(rest, arg), rest);
                    return;
                case "file":
                    ReadFile(Value(rest, arg), rest);
                    return;
                default:
                    ReadFile(arg, rest);
                    return;
            }
        }
    }

    private static string Match(string arg)
    {
        if (!arg.StartsWith('-'))
        {
            return null;
        }

        string key = arg[(arg.StartsWith("--") ? 2 : 1)..].ToLowerInvariant();
        foreach ((string name, string shortest) in s_parameters)
        {
            // "ec", "ep", "if", "of" and "wd" are abbreviations rather than prefixes.
            if (key == shortest || (key.StartsWith(shortest) && name.StartsWith(key)))
            {
                return name;
            }
        }

        return null;
    }

    private static string Value(Queue<string> rest, string parameter)
    {
        return rest.TryDequeue(out string value)
            ? value
            : throw new UsageException($"Cannot process the command because the value of {parameter} is missing.");
    }

    private static ExecutionPolicy ParsePolicy(string text)
    {
        return Enum.TryParse(text, ignoreCase: true, out ExecutionPolicy policy)
            ? policy
            : throw new UsageException($"Invalid ExecutionPolicy value '{text}'.");
    }

    private static string Decode(string base64)
    {
        try
        {
            return Encoding.Unicode.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            throw new UsageException(
                "Cannot process the command because the value specified with -EncodedCommand is not properly encoded. "
                + "The value must be Base64 encoded.");
        }
    }

    private void ReadCommand(string first, Queue<string> rest)
    {
        if (first != "-")
        {
            Command = string.Join(' ', rest.Prepend(first));
        }
        else if (rest.Count > 0)
        {
            throw new UsageException("'-' was specified with the -Command parameter; no other arguments are permitted.");
        }
    }

    private void ReadFile(string path, Queue<string> rest)
    {
        if (path == "-")
        {
            return;
        }

        File = Path.GetFullPath(path, WorkingDirectory ?? Environment.CurrentDirectory);
        if (!System.IO.File.Exists(File))
        {
            throw new UsageException(
                $"The argument '{path}' is not recognized as the name of a script file. Check the spelling of the name, "
                + "or if a path was included, verify that the path is correct and try again.");
        }

        while (rest.TryDequeue(out string arg))
        {
            FileArguments.Add(ScriptArgument(arg, rest));
        }
    }

    /// <summary>"-name", "-name:value", "-name: value" or a plain value; $true and $false become booleans.</summary>
    private static CommandParameter ScriptArgument(string arg, Queue<string> rest)
    {
        if (arg.Length < 2 || arg[0] != '-')
        {
            return new CommandParameter(null, arg);
        }

        int colon = arg.IndexOf(':');
        if (colon < 0)
        {
            return new CommandParameter(arg);
        }

        string name = arg[..colon];
        string value = colon < arg.Length - 1 ? arg[(colon + 1)..] : Value(rest, arg);
        return value.ToLowerInvariant() switch
        {
            "$true" or "true" => new CommandParameter(name, true),
            "$false" or "false" => new CommandParameter(name, false),
            _ => new CommandParameter(name, value),
        };
    }
}
