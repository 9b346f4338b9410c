using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace PyBridge.Engine;

/// <summary>
/// The few places where the engine shares its internals with the real cmdlets and the real console host only.
/// All reflection stands here.
/// </summary>
internal static class Internals
{
    private const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
    private const string FormatNamespace = "Microsoft.PowerShell.Commands.Internal.Format.";

    /// <summary>Lets a formatting cmdlet lay out objects as "Table" or "List".</summary>
    public static void UseShape(FrontEndCommandBase cmdlet, string shape)
    {
        object value = Enum.Parse(EngineType(FormatNamespace + "FormatShape"), shape);
        SetImplementation(cmdlet, Create(FormatNamespace + "InnerFormatShapeCommand", value));
    }

    /// <summary>Lets an output cmdlet write what it formats as lines of text.</summary>
    public static void UseText(FrontEndCommandBase cmdlet, TextWriter writer, int width)
    {
        object manager = Create(FormatNamespace + "OutputManagerInner");
        Set(manager, "LineOutput", Create(FormatNamespace + "TextWriterLineOutput", writer, width));
        SetImplementation(cmdlet, manager);
    }

    /// <summary>The exception with which a cmdlet says that it needs no more input.</summary>
    public static Exception StopUpstream(Cmdlet cmdlet) =>
        (Exception)Create("System.Management.Automation.StopUpstreamCommandsException", cmdlet);

    /// <summary>Gives an error the position of the script that raised it instead of the cmdlet's own.</summary>
    public static void SetOrigin(ErrorRecord error, InvocationInfo origin)
    {
        typeof(ErrorRecord).GetMethod("SetInvocationInfo", Members).Invoke(error, [origin]);
        Set(error, "PreserveInvocationInfoOnce", true);
    }

    /// <summary>An object that Out-Default sends to stderr.</summary>
    public static PSObject AsErrorOutput(ErrorRecord error)
    {
        var output = new PSObject(error);
        PropertyInfo stream = typeof(PSObject).GetProperty("WriteStream", Members);
        stream.SetValue(output, Enum.Parse(stream.PropertyType, "Error"));
        return output;
    }

    /// <summary>Makes "exit" in a script file end the shell rather than the file alone.</summary>
    public static void LetScriptExitShell(Runspace runspace)
    {
        object context = runspace.GetType().GetProperty("ExecutionContext", Members).GetValue(runspace);
        Set(context, "ScriptCommandProcessorShouldRethrowExit", true);
    }

    private static void SetImplementation(FrontEndCommandBase cmdlet, object implementation) =>
        typeof(FrontEndCommandBase).GetField("implementation", Members).SetValue(cmdlet, implementation);

    private static void Set(object target, string property, object value) =>
        target.GetType().GetProperty(property, Members).SetValue(target, value);

    private static object Create(string type, params object[] arguments) =>
        Activator.CreateInstance(EngineType(type), Members, null, arguments, null);

    private static Type EngineType(string name) => typeof(PSObject).Assembly.GetType(name, throwOnError: true);
}
