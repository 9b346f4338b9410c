using System.Management.Automation;
using System.Net;
using System.Security;

namespace Microsoft.PowerShell.Commands;

[Cmdlet(VerbsData.ConvertTo, "SecureString")]
public sealed class ConvertToSecureStringCommand : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowEmptyString]
    public string String { get; set; }

    [Parameter]
    public SwitchParameter AsPlainText { get; set; }

    /// <summary>Of no effect, as in PowerShell 7.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        if (!AsPlainText)
        {
            throw new NotSupportedException("The stand-in needs -AsPlainText: it decrypts nothing.");
        }

        WriteObject(new NetworkCredential(string.Empty, String).SecurePassword);
    }
}

[Cmdlet(VerbsData.ConvertFrom, "SecureString")]
public sealed class ConvertFromSecureStringCommand : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public SecureString SecureString { get; set; }

    [Parameter]
    public SwitchParameter AsPlainText { get; set; }

    protected override void ProcessRecord()
    {
        if (!AsPlainText)
        {
            throw new NotSupportedException("The stand-in needs -AsPlainText: it encrypts nothing.");
        }

        WriteObject(new NetworkCredential(string.Empty, SecureString).Password);
    }
}
