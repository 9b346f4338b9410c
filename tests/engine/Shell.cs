using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Reflection;
using Microsoft.PowerShell;

namespace PyBridge.Engine;

/// <summary>One runspace, the ways to run something in it, and the exit code of each.</summary>
internal sealed class Shell : IDisposable
{
    private const int Failed = 1;
    // 128 + SIGINT: what a shell reports of a program that Ctrl+C ended.
    private const int Interrupted = 130;

    private readonly Host _host = new();
    private readonly Runspace _runspace;
    private readonly object _gate = new();
    private PowerShell _running;
    private bool _interrupted;

    public Shell(ExecutionPolicy? executionPolicy, string workingDirectory)
    {
        PSStyle.Instance.OutputRendering = OutputRendering.PlainText;
        InitialSessionState state = InitialSessionState.CreateDefault2();
        AddStandIns(state);
        if (executionPolicy != null && OperatingSystem.IsWindows())
        {
            // Elsewhere there is no such thing, and pwsh ignores it too.
            state.ExecutionPolicy = executionPolicy.Value;
        }

        _runspace = RunspaceFactory.CreateRunspace(_host, state);
        _runspace.ThreadOptions = PSThreadOptions.ReuseThread;
        _runspace.Open();
        Runspace.DefaultRunspace = _runspace;
        if (workingDirectory != null)
        {
            _runspace.SessionStateProxy.Path.SetLocation(workingDirectory);
        }
    }

    public static string EngineVersion =>
        typeof(PSObject).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            .InformationalVersion.Split(' ', '+')[0];

    /// <summary>Ctrl+C stops the pipeline; its "finally" blocks run, and then we leave.</summary>
    public void StopOnInterrupt()
    {
        Console.CancelKeyPress += (_, press) =>
        {
            press.Cancel = true;
            lock (_gate)
            {
                _interrupted = true;
                _running?.BeginStop(null, null);
            }
        };
    }

    /// <summary>A script file: its "exit" code, 1 for an uncaught error, else 0 whatever went wrong inside.</summary>
    public int RunFile(string path, IEnumerable<CommandParameter> arguments)
    {
        var script = new Command(path, isScript: false, useLocalScope: false);
        foreach (CommandParameter argument in arguments)
        {
            script.Parameters.Add(argument);
        }

        Internals.LetScriptExitShell(_runspace);
        return ExitCode(completed: Run(script), lastSucceeded: true);
    }

    /// <summary>A text: its "exit" code, else 1 if its last command failed.</summary>
    public int RunText(string text)
    {
        bool completed = Run(new Command(text, isScript: true, useLocalScope: false));
        return ExitCode(completed, lastSucceeded: completed && LastSucceeded());
    }

    /// <summary>Statements as they come; one of several lines ends with an empty line, as in pwsh.</summary>
    public int RunLines(TextReader reader)
    {
        int code = 0;
        string block = string.Empty;
        while (reader.ReadLine() is string line)
        {
            bool inBlock = block.Length > 0;
            block = inBlock ? block + "\n" + line : line;
            if (inBlock ? line.Length > 0 : IsIncomplete(block))
            {
                continue;
            }

            code = RunText(block);
            block = string.Empty;
            if (_interrupted || _host.RequestedExitCode != null)
            {
                return code;
            }
        }

        if (block.Length > 0)
        {
            // pwsh drops it without a word.
            Console.Error.WriteLine("The last statement on stdin was not run: an empty line has to end it.");
            return Failed;
        }

        return code;
    }

    public void Dispose() => _runspace.Dispose();

    private static void AddStandIns(InitialSessionState state)
    {
        foreach (Type type in typeof(Shell).Assembly.GetTypes())
        {
            if (type.GetCustomAttribute<CmdletAttribute>() is CmdletAttribute cmdlet)
            {
                state.Commands.Add(new SessionStateCmdletEntry($"{cmdlet.VerbName}-{cmdlet.NounName}", type, null));
            }
        }
    }

    private static bool IsIncomplete(string text)
    {
        Parser.ParseInput(text, out _, out ParseError[] errors);
        return errors.Any(error => error.IncompleteInput);
    }

    /// <summary>Runs to the end and shows the output; false if an error ended it.</summary>
    private bool Run(Command command)
    {
        using PowerShell pipeline = PowerShell.Create(_runspace);
        pipeline.Commands.AddCommand(command);
        pipeline.Commands.AddCommand(Outputter());
        lock (_gate)
        {
            if (_interrupted)
            {
                return false;
            }

            _running = pipeline;
        }

        try
        {
            // Only a command of the history sets $?.
            pipeline.Invoke(null, new PSInvocationSettings { AddToHistory = true });
            return true;
        }
        catch (PipelineStoppedException) when (_interrupted)
        {
            return false;
        }
        catch (IncompleteParseException error)
        {
            // The engine shows nothing of it, expecting a prompt for more.
            Console.Error.WriteLine("ParserError: " + error.Message);
            return false;
        }
        catch (RuntimeException error)
        {
            Report(error.ErrorRecord);
            return false;
        }
        finally
        {
            lock (_gate)
            {
                _running = null;
            }
        }
    }

    /// <summary>Shows an error the way the engine shows those that did not end the pipeline.</summary>
    private void Report(ErrorRecord error)
    {
        using PowerShell pipeline = PowerShell.Create(_runspace);
        pipeline.Commands.AddCommand(Outputter());
        pipeline.Invoke(new[] { Internals.AsErrorOutput(error) });
    }

    private static Command Outputter() => new("Out-Default")
    {
        MergeUnclaimedPreviousCommandResults = PipelineResultTypes.Error | PipelineResultTypes.Output,
    };

    private bool LastSucceeded() => _runspace.SessionStateProxy.PSVariable.GetValue("global:?") is true;

    private int ExitCode(bool completed, bool lastSucceeded)
    {
        if (_interrupted)
        {
            return Interrupted;
        }

        return _host.RequestedExitCode ?? (completed && lastSucceeded ? 0 : Failed);
    }
}
