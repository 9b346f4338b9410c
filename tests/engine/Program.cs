using System.Text;
using PyBridge.Engine;

// pwsh answers a wrong command line with 64 (EX_USAGE).
const int UsageError = 64;

// Before the engine is touched: send nothing anywhere, and write no cache into the user's home.
// Below a file no folder can be made, so the engine goes without a cache.
Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("PSModuleAnalysisCachePath")))
{
    string noFolder = Path.Combine(AppContext.BaseDirectory, "engine.dll", "no-cache");
    Environment.SetEnvironmentVariable("PSModuleAnalysisCachePath", noFolder);
}

if (!OperatingSystem.IsWindows())
{
    Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
}

Arguments arguments;
try
{
    arguments = Arguments.Parse(args);
}
catch (UsageException problem)
{
    Console.Error.WriteLine(problem.Message);
    return UsageError;
}

if (arguments.ShowVersion)
{
    Console.WriteLine("PowerShell " + Shell.EngineVersion);
    return 0;
}

using var shell = new Shell(arguments.ExecutionPolicy, arguments.WorkingDirectory);
shell.StopOnInterrupt();
if (arguments.File != null)
{
    return shell.RunFile(arguments.File, arguments.FileArguments);
}

return arguments.Command != null ? shell.RunText(arguments.Command) : shell.RunLines(Console.In);
