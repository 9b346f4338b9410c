# Generated from commands.yaml by "python -m pybridge generate". Do not edit.
#
# A function for each command: help, parameters and one call. What a command does is decided by the operation that it
# names in Generated/Tables.ps1. They stand in one file, and importing it runs next to nothing: what a first command
# needs, that command loads.

Set-StrictMode -Version 2.0

# One each for this session: the interpreter that was found, the worker that it runs, and who is signed in.
$script:Interpreter = $null
$script:Worker = $null
$script:Session = @{ Contexts = @(); Current = $null; Context = $null; Environments = @{}; Autosave = $null; Tables = @{} }

# How to reach the hosts whose identities are signed in, and those that come through a pipeline.
$script:Hosts = $null
$script:Gathered = $null

# The ways into Core. Loading it puts the real functions in their places.
function Invoke-PyBridge {
    . "$PSScriptRoot/Core/Core.ps1"
    Invoke-PyBridge @args
}

function Complete-PyBridge {
    . "$PSScriptRoot/Core/Core.ps1"
    Complete-PyBridge @args
}

function Resolve-PyBridgeError {
    . "$PSScriptRoot/Core/Core.ps1"
    Resolve-PyBridgeError @args
}

# For commands that have nothing to do here.
function Skip-PyBridge { $null = $args }

function Get-MsiToken {
    <#
    .SYNOPSIS
    Gets an access token of this machine's managed identity, or of those of hosts.
    .DESCRIPTION
    Asks the managed identity endpoint of this machine (IMDS on an Azure VM, App Service, Azure Arc
    and others, or the MSI VM extension on port 50342) for an access token. No password is needed.
    Tokens are cached until shortly before they expire. The token is a SecureString; -AsPlainText
    returns the bare string instead. With -ComputerName or -Session, Windows hosts ask their own
    endpoints, and each token is that of the host in its PSComputerName.
    .PARAMETER Resource
    What the token is for: a name of the catalogue, such as KeyVault, or a resource ID, such as
    https://vault.azure.net. Get-MsiResourceId lists them. By default ResourceManager.
    .PARAMETER Environment
    The cloud in which a name is looked up. By default AzureCloud. A resource ID is taken as it is.
    .PARAMETER ClientId
    Names a user-assigned identity by its client ID. Without one of the three, the machine's default
    identity.
    .PARAMETER ObjectId
    Names a user-assigned identity by the object ID of its service principal.
    .PARAMETER ResourceId
    Names a user-assigned identity by its Azure resource ID.
    .PARAMETER Source
    Asks only this source. By default the one whose variables are set here; where none are, IMDS is
    asked and, if nothing answers there, the VM extension.
    .PARAMETER ForceRefresh
    Does not use the cached token. Azure itself caches tokens for up to 24 hours, so the same one
    may come back.
    .PARAMETER AsPlainText
    Returns the token as a plain string, which has a PSComputerName, too, if it is of a host. Take
    care where it goes.
    .PARAMETER ComputerName
    Asks these hosts instead of this machine, over WinRM: names, addresses or whole URLs. All are
    asked at the same time, and each answers as its own identity. No Python and no module is needed
    there.
    .PARAMETER Credential
    Who signs in to those hosts, such as an administrator there. With -Authentication Kerberos the
    ticket of the current user will do.
    .PARAMETER Authentication
    How to sign in to those hosts. By default Negotiate, which is NTLM here. Basic is refused where
    the way is not encrypted.
    .PARAMETER Port
    The port of WinRM on those hosts. By default 5986, and 5985 with -UseSSL:$false.
    .PARAMETER UseSSL
    Whether to use HTTPS, which is the default. With -UseSSL:$false, HTTP carries messages that the
    sign-in encrypts.
    .PARAMETER CertificateThumbprint
    The thumbprint (SHA-1 or SHA-256) of the certificate that those hosts show, where nobody vouches
    for it: it is checked before anything is sent. The word ignore takes any certificate, which is
    not safe. By default the certificate must be valid.
    .PARAMETER Session
    Asks the hosts of these sessions of New-PSSession, over WinRM or SSH. They must be open.
    .PARAMETER TimeoutSec
    How many seconds each host has to answer. By default 120.
    .PARAMETER AllowLogged
    Gets a token even where PowerShell on the host is so restricted that the token may stand in its
    logs.
    .PARAMETER ThrottleLimit
    How many hosts are asked at the same time. By default 32, and so it is with 0.
    .EXAMPLE
    Get-MsiToken

    Shows what a token for Azure Resource Manager is good for, and until when. The token itself
    stays hidden.
    .EXAMPLE
    Get-MsiToken KeyVault

    Gets a token for Azure Key Vault.
    .EXAMPLE
    $headers = @{ Authorization = 'Bearer ' + (Get-MsiToken -AsPlainText) }
    $headers.Count

    Builds the header that a REST call needs.
    .EXAMPLE
    Get-MsiToken -ComputerName vm01, vm02 -Credential $cred

    Gets a token of each of two hosts, over WinRM, as they answer. $cred is an administrator there,
    from Get-Credential.
    .EXAMPLE
    'vm01', 'vm02' | Get-MsiToken KeyVault -Credential $cred | Format-Table PSComputerName, ClientId, ExpiresOn

    Takes the names of the hosts from the pipeline, and shows whose token each one got.
    .OUTPUTS
    PyBridge.AccessToken
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'Local')]
    [OutputType('PyBridge.AccessToken')]
    param(
        [Parameter(Position = 0)]
        [ArgumentCompleter({ param($c, $p, $word) 'ResourceManager', 'KeyVault', 'Storage', 'Sql', 'EventHubs', 'ServiceBus', 'CosmosDb', 'DataLake', 'MicrosoftGraph', 'ManagedHsm', 'Batch', 'LogAnalytics', 'Synapse', 'Attestation', 'Purview', 'AppConfiguration', 'Redis', 'Aks', 'ServiceManagement', 'AzureADGraph', 'https://management.azure.com/', 'https://vault.azure.net', 'https://storage.azure.com/', 'https://database.windows.net/', 'https://eventhubs.azure.net', 'https://servicebus.azure.net', 'https://cosmos.azure.com', 'https://datalake.azure.net/', 'https://graph.microsoft.com/', 'https://managedhsm.azure.net', 'https://batch.core.windows.net/', 'https://api.loganalytics.io', 'https://dev.azuresynapse.net', 'https://attest.azure.net', 'https://purview.azure.net', 'https://azconfig.io', 'https://redis.azure.com', '6dae42f8-4368-4678-94ff-3960e28e3630', 'https://management.core.windows.net/', 'https://graph.windows.net/' -like "$word*" })]
        [string] $Resource,

        [Alias('EnvironmentName')]
        [ArgumentCompleter({ param($c, $p, $word) 'AzureCloud', 'AzureChinaCloud', 'AzureUSGovernment' -like "$word*" })]
        [string] $Environment,

        [string] $ClientId,

        [string] $ObjectId,

        [string] $ResourceId,

        [ValidateSet('service_fabric', 'app_service', 'arc', 'app_service_2017', 'automation', 'cloud_shell', 'workload_identity', 'imds', 'vm_extension')]
        [string] $Source,

        [switch] $ForceRefresh,

        [switch] $AsPlainText,

        [Parameter(ParameterSetName = 'ComputerName', Mandatory = $true, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Cn', 'PSComputerName')]
        [string[]] $ComputerName,

        [Parameter(ParameterSetName = 'ComputerName')]
        [System.Management.Automation.PSCredential] $Credential,

        [Parameter(ParameterSetName = 'ComputerName')]
        [ValidateSet('Default', 'Basic', 'Negotiate', 'Kerberos', 'Credssp')]
        [string] $Authentication,

        [Parameter(ParameterSetName = 'ComputerName')]
        [int] $Port,

        [Parameter(ParameterSetName = 'ComputerName')]
        [switch] $UseSSL,

        [Parameter(ParameterSetName = 'ComputerName')]
        [string] $CertificateThumbprint,

        [Parameter(ParameterSetName = 'Session', Mandatory = $true, ValueFromPipeline = $true)]
        [System.Management.Automation.Runspaces.PSSession[]] $Session,

        [Parameter(ParameterSetName = 'ComputerName')]
        [Parameter(ParameterSetName = 'Session')]
        [int] $TimeoutSec,

        [Parameter(ParameterSetName = 'ComputerName')]
        [Parameter(ParameterSetName = 'Session')]
        [switch] $AllowLogged,

        [Parameter(ParameterSetName = 'ComputerName')]
        [Parameter(ParameterSetName = 'Session')]
        [int] $ThrottleLimit
    )

    process {
        Invoke-PyBridge 'Get-MsiToken' $PSCmdlet $PSBoundParameters
    }

    end {
        if ($null -ne $script:Gathered) { Invoke-PyBridgeGathered 'Get-MsiToken' $PSCmdlet $PSBoundParameters }
    }
}

function Get-MsiIdentity {
    <#
    .SYNOPSIS
    Gets whose tokens this machine gets, or hosts get, and from where.
    .DESCRIPTION
    Asks for a token, as Get-MsiToken does, and tells what its claims say: tenant, object ID, client
    ID and resource ID of the managed identity, and whether it is the system-assigned one. Why says
    why the token came from this source. The claims are shown and not checked. With -ComputerName or
    -Session, it tells of hosts.
    .PARAMETER Resource
    What the token is for: a name of the catalogue, such as KeyVault, or a resource ID. By default
    ResourceManager.
    .PARAMETER Environment
    The cloud in which a name is looked up. By default AzureCloud.
    .PARAMETER ClientId
    Names a user-assigned identity by its client ID. Without one of the three, the machine's default
    identity.
    .PARAMETER ObjectId
    Names a user-assigned identity by the object ID of its service principal.
    .PARAMETER ResourceId
    Names a user-assigned identity by its Azure resource ID.
    .PARAMETER Source
    Asks only this source. By default the one that is found here.
    .PARAMETER ComputerName
    Asks these hosts instead of this machine, over WinRM: names, addresses or whole URLs. All are
    asked at the same time, and each answers as its own identity. No Python and no module is needed
    there.
    .PARAMETER Credential
    Who signs in to those hosts, such as an administrator there. With -Authentication Kerberos the
    ticket of the current user will do.
    .PARAMETER Authentication
    How to sign in to those hosts. By default Negotiate, which is NTLM here. Basic is refused where
    the way is not encrypted.
    .PARAMETER Port
    The port of WinRM on those hosts. By default 5986, and 5985 with -UseSSL:$false.
    .PARAMETER UseSSL
    Whether to use HTTPS, which is the default. With -UseSSL:$false, HTTP carries messages that the
    sign-in encrypts.
    .PARAMETER CertificateThumbprint
    The thumbprint (SHA-1 or SHA-256) of the certificate that those hosts show, where nobody vouches
    for it: it is checked before anything is sent. The word ignore takes any certificate, which is
    not safe. By default the certificate must be valid.
    .PARAMETER Session
    Asks the hosts of these sessions of New-PSSession, over WinRM or SSH. They must be open.
    .PARAMETER TimeoutSec
    How many seconds each host has to answer. By default 120.
    .PARAMETER AllowLogged
    Gets a token even where PowerShell on the host is so restricted that the token may stand in its
    logs.
    .PARAMETER ThrottleLimit
    How many hosts are asked at the same time. By default 32, and so it is with 0.
    .EXAMPLE
    Get-MsiIdentity

    Shows who this machine is to Azure.
    .EXAMPLE
    (Get-MsiIdentity).ObjectId

    Gets the ID that a role is granted to.
    .EXAMPLE
    Get-MsiIdentity -ComputerName vm01, vm02 -Credential $cred

    Shows who two hosts are to Azure.
    .EXAMPLE
    Get-MsiIdentity -ComputerName vm01, vm02 -Credential $cred | Select-Object PSComputerName, ObjectId

    Lists the IDs that roles are granted to.
    .OUTPUTS
    PyBridge.ManagedIdentity
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'Local')]
    [OutputType('PyBridge.ManagedIdentity')]
    param(
        [Parameter(Position = 0)]
        [ArgumentCompleter({ param($c, $p, $word) 'ResourceManager', 'KeyVault', 'Storage', 'Sql', 'EventHubs', 'ServiceBus', 'CosmosDb', 'DataLake', 'MicrosoftGraph', 'ManagedHsm', 'Batch', 'LogAnalytics', 'Synapse', 'Attestation', 'Purview', 'AppConfiguration', 'Redis', 'Aks', 'ServiceManagement', 'AzureADGraph', 'https://management.azure.com/', 'https://vault.azure.net', 'https://storage.azure.com/', 'https://database.windows.net/', 'https://eventhubs.azure.net', 'https://servicebus.azure.net', 'https://cosmos.azure.com', 'https://datalake.azure.net/', 'https://graph.microsoft.com/', 'https://managedhsm.azure.net', 'https://batch.core.windows.net/', 'https://api.loganalytics.io', 'https://dev.azuresynapse.net', 'https://attest.azure.net', 'https://purview.azure.net', 'https://azconfig.io', 'https://redis.azure.com', '6dae42f8-4368-4678-94ff-3960e28e3630', 'https://management.core.windows.net/', 'https://graph.windows.net/' -like "$word*" })]
        [string] $Resource,

        [Alias('EnvironmentName')]
        [ArgumentCompleter({ param($c, $p, $word) 'AzureCloud', 'AzureChinaCloud', 'AzureUSGovernment' -like "$word*" })]
        [string] $Environment,

        [string] $ClientId,

        [string] $ObjectId,

        [string] $ResourceId,

        [ValidateSet('service_fabric', 'app_service', 'arc', 'app_service_2017', 'automation', 'cloud_shell', 'workload_identity', 'imds', 'vm_extension')]
        [string] $Source,

        [Parameter(ParameterSetName = 'ComputerName', Mandatory = $true, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Cn', 'PSComputerName')]
        [string[]] $ComputerName,

        [Parameter(ParameterSetName = 'ComputerName')]
        [System.Management.Automation.PSCredential] $Credential,

        [Parameter(ParameterSetName = 'ComputerName')]
        [ValidateSet('Default', 'Basic', 'Negotiate', 'Kerberos', 'Credssp')]
        [string] $Authentication,

        [Parameter(ParameterSetName = 'ComputerName')]
        [int] $Port,

        [Parameter(ParameterSetName = 'ComputerName')]
        [switch] $UseSSL,

        [Parameter(ParameterSetName = 'ComputerName')]
        [string] $CertificateThumbprint,

        [Parameter(ParameterSetName = 'Session', Mandatory = $true, ValueFromPipeline = $true)]
        [System.Management.Automation.Runspaces.PSSession[]] $Session,

        [Parameter(ParameterSetName = 'ComputerName')]
        [Parameter(ParameterSetName = 'Session')]
        [int] $TimeoutSec,

        [Parameter(ParameterSetName = 'ComputerName')]
        [Parameter(ParameterSetName = 'Session')]
        [switch] $AllowLogged,

        [Parameter(ParameterSetName = 'ComputerName')]
        [Parameter(ParameterSetName = 'Session')]
        [int] $ThrottleLimit
    )

    process {
        Invoke-PyBridge 'Get-MsiIdentity' $PSCmdlet $PSBoundParameters
    }

    end {
        if ($null -ne $script:Gathered) { Invoke-PyBridgeGathered 'Get-MsiIdentity' $PSCmdlet $PSBoundParameters }
    }
}

function Test-Msi {
    <#
    .SYNOPSIS
    Finds out why there is no token, here or on hosts, and what to do now.
    .DESCRIPTION
    Goes through a checklist within 5 seconds: variables, proxies, the endpoint, the token and whose
    it is, the clock, Azure Resource Manager and the roles. Each row has a State (ok, warning,
    broken, skipped), a Message and, where there is something to do, a Remedy. The last row is the
    Verdict, with the remedy of what to mend first. With -ComputerName or -Session, the list is gone
    through for each host, which has -TimeoutSec seconds for it; Azure Resource Manager is asked
    from here.
    .PARAMETER Environment
    The cloud whose Azure Resource Manager is asked. By default AzureCloud.
    .PARAMETER ClientId
    Names a user-assigned identity by its client ID. Without one of the three, the machine's default
    identity.
    .PARAMETER ObjectId
    Names a user-assigned identity by the object ID of its service principal.
    .PARAMETER ResourceId
    Names a user-assigned identity by its Azure resource ID.
    .PARAMETER Source
    Tries only this source. By default the one that is found here.
    .PARAMETER Quiet
    Returns only whether it works: $true or $false. Warnings do not count. Of several hosts it
    returns one each, as they answer, with the host in its PSComputerName, and none of a host that
    cannot be reached.
    .PARAMETER ComputerName
    Asks these hosts instead of this machine, over WinRM: names, addresses or whole URLs. All are
    asked at the same time, and each answers as its own identity. No Python and no module is needed
    there.
    .PARAMETER Credential
    Who signs in to those hosts, such as an administrator there. With -Authentication Kerberos the
    ticket of the current user will do.
    .PARAMETER Authentication
    How to sign in to those hosts. By default Negotiate, which is NTLM here. Basic is refused where
    the way is not encrypted.
    .PARAMETER Port
    The port of WinRM on those hosts. By default 5986, and 5985 with -UseSSL:$false.
    .PARAMETER UseSSL
    Whether to use HTTPS, which is the default. With -UseSSL:$false, HTTP carries messages that the
    sign-in encrypts.
    .PARAMETER CertificateThumbprint
    The thumbprint (SHA-1 or SHA-256) of the certificate that those hosts show, where nobody vouches
    for it: it is checked before anything is sent. The word ignore takes any certificate, which is
    not safe. By default the certificate must be valid.
    .PARAMETER Session
    Asks the hosts of these sessions of New-PSSession, over WinRM or SSH. They must be open.
    .PARAMETER TimeoutSec
    How many seconds each host has to answer. By default 120.
    .PARAMETER AllowLogged
    Gets a token even where PowerShell on the host is so restricted that the token may stand in its
    logs.
    .PARAMETER ThrottleLimit
    How many hosts are asked at the same time. By default 32, and so it is with 0.
    .EXAMPLE
    Test-Msi

    Shows the checklist as a table.
    .EXAMPLE
    Test-Msi | Where-Object State -ne 'ok' | Format-List

    Shows what is worth a look, with the remedies.
    .EXAMPLE
    (Test-Msi)[-1] | Format-List

    Shows the verdict, with what to do first.
    .EXAMPLE
    if (Test-Msi -Quiet) { Get-MsiToken }

    Gets a token where there is one to be had.
    .EXAMPLE
    Test-Msi -ComputerName vm01, vm02 -Credential $cred | Where-Object Name -eq Verdict

    Shows what each of two hosts comes to.
    .EXAMPLE
    (Test-Msi -ComputerName vm01 -Credential $cred)[-1] | Format-List

    Shows the verdict on one host, with what to do first.
    .EXAMPLE
    Test-Msi -Quiet -ComputerName vm01, vm02 -Credential $cred | ForEach-Object { "$($_.PSComputerName): $_" }

    Shows of each of two hosts whether it works there.
    .OUTPUTS
    PyBridge.Check
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'Local')]
    [OutputType('PyBridge.Check')]
    param(
        [Alias('EnvironmentName')]
        [ArgumentCompleter({ param($c, $p, $word) 'AzureCloud', 'AzureChinaCloud', 'AzureUSGovernment' -like "$word*" })]
        [string] $Environment,

        [string] $ClientId,

        [string] $ObjectId,

        [string] $ResourceId,

        [ValidateSet('service_fabric', 'app_service', 'arc', 'app_service_2017', 'automation', 'cloud_shell', 'workload_identity', 'imds', 'vm_extension')]
        [string] $Source,

        [switch] $Quiet,

        [Parameter(ParameterSetName = 'ComputerName', Mandatory = $true, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Cn', 'PSComputerName')]
        [string[]] $ComputerName,

        [Parameter(ParameterSetName = 'ComputerName')]
        [System.Management.Automation.PSCredential] $Credential,

        [Parameter(ParameterSetName = 'ComputerName')]
        [ValidateSet('Default', 'Basic', 'Negotiate', 'Kerberos', 'Credssp')]
        [string] $Authentication,

        [Parameter(ParameterSetName = 'ComputerName')]
        [int] $Port,

        [Parameter(ParameterSetName = 'ComputerName')]
        [switch] $UseSSL,

        [Parameter(ParameterSetName = 'ComputerName')]
        [string] $CertificateThumbprint,

        [Parameter(ParameterSetName = 'Session', Mandatory = $true, ValueFromPipeline = $true)]
        [System.Management.Automation.Runspaces.PSSession[]] $Session,

        [Parameter(ParameterSetName = 'ComputerName')]
        [Parameter(ParameterSetName = 'Session')]
        [int] $TimeoutSec,

        [Parameter(ParameterSetName = 'ComputerName')]
        [Parameter(ParameterSetName = 'Session')]
        [switch] $AllowLogged,

        [Parameter(ParameterSetName = 'ComputerName')]
        [Parameter(ParameterSetName = 'Session')]
        [int] $ThrottleLimit
    )

    process {
        Invoke-PyBridge 'Test-Msi' $PSCmdlet $PSBoundParameters
    }

    end {
        if ($null -ne $script:Gathered) { Invoke-PyBridgeGathered 'Test-Msi' $PSCmdlet $PSBoundParameters }
    }
}

function Get-MsiResourceId {
    <#
    .SYNOPSIS
    Gets the resource IDs for which Get-MsiToken can get tokens.
    .DESCRIPTION
    Lists the services of the catalogue, each with what a token for it is asked for in one cloud.
    Tested means that Microsoft's own list says that the service has been tested with managed
    identities. A part in angle brackets, such as <account>, is yours to fill in. Nothing is asked
    for this.
    .PARAMETER Name
    Gets what has this name, title or resource ID. Wildcards are permitted.
    .PARAMETER Environment
    The cloud. By default AzureCloud.
    .EXAMPLE
    Get-MsiResourceId

    Lists all of the public cloud.
    .EXAMPLE
    (Get-MsiResourceId key* -Environment AzureUSGovernment).ResourceId

    Gets the resource ID of Azure Key Vault in the cloud of the US government.
    .OUTPUTS
    PyBridge.ResourceId
    #>
    [CmdletBinding(PositionalBinding = $false)]
    [OutputType('PyBridge.ResourceId')]
    param(
        [Parameter(Position = 0)]
        [ArgumentCompleter({ param($c, $p, $word) 'ResourceManager', 'KeyVault', 'Storage', 'Sql', 'EventHubs', 'ServiceBus', 'CosmosDb', 'DataLake', 'DataExplorer', 'AnalysisServices', 'MicrosoftGraph', 'ManagedHsm', 'Batch', 'LogAnalytics', 'Synapse', 'Attestation', 'Purview', 'AppConfiguration', 'Redis', 'Aks', 'ServiceManagement', 'AzureADGraph' -like "$word*" })]
        [string] $Name,

        [Alias('EnvironmentName')]
        [ArgumentCompleter({ param($c, $p, $word) 'AzureCloud', 'AzureChinaCloud', 'AzureUSGovernment' -like "$word*" })]
        [string] $Environment
    )

    process {
        Invoke-PyBridge 'Get-MsiResourceId' $PSCmdlet $PSBoundParameters
    }
}

function Install-PyBridgeModule {
    <#
    .SYNOPSIS
    Puts this module onto Windows hosts.
    .DESCRIPTION
    Asks each host whether it has this version of the module, file by file; where it has, nothing is
    sent. Where it has not, the module goes there as one zip, is checked there, and is put in its
    place in one step, beside other versions: PyBridge\<version> in WindowsPowerShell\Modules of the
    user's documents, or of the program files. The State in the answer is Installed or AlreadyThere.
    To run its commands there, that host needs a Python that can import pybridge, too; without one,
    ask it from here, with the -ComputerName of those commands.
    .PARAMETER ComputerName
    The hosts to put it on, over WinRM. All are served at the same time.
    .PARAMETER Scope
    For whom it is installed there. AllUsers takes an administrator. By default CurrentUser, who
    signs in there.
    .PARAMETER Path
    A folder of modules there, instead of that of the scope.
    .PARAMETER Credential
    Who signs in to those hosts, such as an administrator there. With -Authentication Kerberos the
    ticket of the current user will do.
    .PARAMETER Authentication
    How to sign in to those hosts. By default Negotiate, which is NTLM here. Basic is refused where
    the way is not encrypted.
    .PARAMETER Port
    The port of WinRM on those hosts. By default 5986, and 5985 with -UseSSL:$false.
    .PARAMETER UseSSL
    Whether to use HTTPS, which is the default. With -UseSSL:$false, HTTP carries messages that the
    sign-in encrypts.
    .PARAMETER CertificateThumbprint
    The thumbprint (SHA-1 or SHA-256) of the certificate that those hosts show, where nobody vouches
    for it: it is checked before anything is sent. The word ignore takes any certificate, which is
    not safe. By default the certificate must be valid.
    .PARAMETER Session
    Asks the hosts of these sessions of New-PSSession, over WinRM or SSH. They must be open.
    .PARAMETER TimeoutSec
    How many seconds each host has to answer. By default 120.
    .PARAMETER ThrottleLimit
    How many hosts are asked at the same time. By default 32, and so it is with 0.
    .EXAMPLE
    Install-PyBridgeModule -ComputerName vm01 -Credential $cred

    Puts it on a host, for the user of $cred, which Get-Credential has asked for.
    .EXAMPLE
    'vm01', 'vm02' | Install-PyBridgeModule -Credential $cred | Where-Object State -eq Installed

    Shows where it was not there yet.
    .OUTPUTS
    PyBridge.InstalledModule
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'ComputerName', SupportsShouldProcess = $true)]
    [OutputType('PyBridge.InstalledModule')]
    param(
        [Parameter(ParameterSetName = 'ComputerName', Mandatory = $true, Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Cn', 'PSComputerName')]
        [string[]] $ComputerName,

        [ValidateSet('CurrentUser', 'AllUsers')]
        [string] $Scope,

        [string] $Path,

        [Parameter(ParameterSetName = 'ComputerName')]
        [System.Management.Automation.PSCredential] $Credential,

        [Parameter(ParameterSetName = 'ComputerName')]
        [ValidateSet('Default', 'Basic', 'Negotiate', 'Kerberos', 'Credssp')]
        [string] $Authentication,

        [Parameter(ParameterSetName = 'ComputerName')]
        [int] $Port,

        [Parameter(ParameterSetName = 'ComputerName')]
        [switch] $UseSSL,

        [Parameter(ParameterSetName = 'ComputerName')]
        [string] $CertificateThumbprint,

        [Parameter(ParameterSetName = 'Session', Mandatory = $true, ValueFromPipeline = $true)]
        [System.Management.Automation.Runspaces.PSSession[]] $Session,

        [Parameter(ParameterSetName = 'ComputerName')]
        [Parameter(ParameterSetName = 'Session')]
        [int] $TimeoutSec,

        [Parameter(ParameterSetName = 'ComputerName')]
        [Parameter(ParameterSetName = 'Session')]
        [int] $ThrottleLimit
    )

    process {
        Invoke-PyBridge 'Install-PyBridgeModule' $PSCmdlet $PSBoundParameters
    }

    end {
        if ($null -ne $script:Gathered) { Invoke-PyBridgeGathered 'Install-PyBridgeModule' $PSCmdlet $PSBoundParameters }
    }
}

function Connect-AzureRmAccount {
    <#
    .SYNOPSIS
    Signs in to Azure with a managed identity, a service principal or an access token.
    .DESCRIPTION
    The signed-in context is used by the commands that follow, until Disconnect-AzureRmAccount or
    the end of the session. With -Identity, tokens are fetched as they are needed, for as long as
    the script runs; so they are with -ServicePrincipal -Credential, where the credential holds the
    application ID and a client secret. With -AccessToken, the sign-in lasts as long as the token.
    The first sign-in of a session makes a context for each of the first 25 subscriptions that are
    visible. With -Identity and -ComputerName or -Session, the managed identity of a host signs in:
    the host is asked for tokens, as they are needed, and Azure is asked from here. Interactive
    sign-in, and that with a certificate, end with an error that says what to use. Secrets and
    tokens stay in this session: no file ever holds them.
    .PARAMETER Environment
    The cloud, one of Get-AzureRmEnvironment. By default AzureCloud.
    .PARAMETER Credential
    With -ServicePrincipal, the application ID as the user name, and a client secret as the
    password. With -ComputerName, who signs in to that host. The password of a person is not
    supported otherwise.
    .PARAMETER ServicePrincipal
    Signs in as an application of Microsoft Entra ID, with -Credential and -TenantId.
    .PARAMETER TenantId
    The ID or a domain of the tenant: the one that a service principal signs in to, and whose
    subscriptions are looked at. By default the one of the first visible subscription.
    .PARAMETER CertificateThumbprint
    Not supported. Use -Identity, or -ServicePrincipal with -Credential. With -ComputerName it is
    something else: the thumbprint (SHA-1 or SHA-256) of the certificate that the host shows, where
    nobody vouches for it, or the word ignore, which is not safe.
    .PARAMETER ApplicationId
    Not supported. With -Credential, its user name is the application ID.
    .PARAMETER AccessToken
    The access token to sign in with. It must be for Azure Resource Manager.
    .PARAMETER AccountId
    With -AccessToken, any name for the session. With -Identity, names a user-assigned identity by
    its client ID, object ID or resource ID.
    .PARAMETER GraphAccessToken
    Accepted and not used.
    .PARAMETER KeyVaultAccessToken
    Accepted and not used.
    .PARAMETER SkipValidation
    Does not ask Azure Resource Manager which subscriptions the token can see.
    .PARAMETER Identity
    Signs in as the managed identity of this machine, or of the host of -ComputerName or -Session.
    .PARAMETER ManagedServicePort
    The port of the MSI endpoint, 50342 for the VM extension. An endpoint named so is asked before
    IMDS.
    .PARAMETER ManagedServiceHostName
    The host of the MSI endpoint, by default localhost.
    .PARAMETER ManagedServiceSecret
    The secret that the MSI endpoint wants in its Secret header.
    .PARAMETER Subscription
    The ID or name of the subscription to work in. By default the first one that is visible.
    .PARAMETER ContextName
    A name for the context. By default the subscription's name and ID.
    .PARAMETER SkipContextPopulation
    Makes one context only, and none for the other visible subscriptions.
    .PARAMETER Force
    Replaces a context of the same name without asking.
    .PARAMETER Scope
    Process changes this session only; CurrentUser changes what is saved for the user's other
    sessions, too. By default as Enable-AzureRmContextAutosave says.
    .PARAMETER ComputerName
    Signs in as the managed identity of this host, which is reached over WinRM: one name, address or
    URL. No Python and no module is needed there.
    .PARAMETER Session
    Signs in as the managed identity of the host of this session of New-PSSession. It must stay
    open.
    .PARAMETER Authentication
    How to sign in to those hosts. By default Negotiate, which is NTLM here. Basic is refused where
    the way is not encrypted.
    .PARAMETER Port
    The port of WinRM on those hosts. By default 5986, and 5985 with -UseSSL:$false.
    .PARAMETER UseSSL
    Whether to use HTTPS, which is the default. With -UseSSL:$false, HTTP carries messages that the
    sign-in encrypts.
    .PARAMETER TimeoutSec
    How many seconds each host has to answer. By default 120.
    .PARAMETER AllowLogged
    Gets a token even where PowerShell on the host is so restricted that the token may stand in its
    logs.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -Identity

    Signs in as the managed identity of this VM.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant

    Signs in as a service principal, as scheduled tasks outside of Azure do. $credential has the
    application ID as its user name and a client secret as its password; Get-Credential asks for
    them. $tenant is the ID of the tenant, or one of its domains.
    .EXAMPLE
    $token = Get-MsiToken -AsPlainText
    Login-AzureRmAccount -AccessToken $token -AccountId 'MSI@50342'

    Signs in with a token that the script fetched itself, as scripts of 2017 do.
    .EXAMPLE
    Login-AzureRmAccount -Identity -ComputerName vm01 -Credential $cred
    Get-AzureRmVM -ResourceGroupName myResourceGroup -Name myVM

    Signs in as the managed identity of a host, which is reached over WinRM. $cred is an
    administrator there, from Get-Credential. Azure is asked from here.
    .EXAMPLE
    $context = (Login-AzureRmAccount -Identity -ComputerName vm02 -Credential $cred).Context
    Get-AzureRmResourceGroup -DefaultProfile $context

    Keeps what a sign-in gives, for single commands as that host.
    .OUTPUTS
    Microsoft.Azure.Commands.Profile.Models.PSAzureProfile
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'UserWithSubscriptionId', SupportsShouldProcess = $true)]
    [OutputType('Microsoft.Azure.Commands.Profile.Models.PSAzureProfile')]
    [Alias('Login-AzureRmAccount', 'Add-AzureRmAccount')]
    param(
        [Alias('EnvironmentName')]
        [ArgumentCompleter({ param($c, $p, $word) 'AzureCloud', 'AzureChinaCloud', 'AzureUSGovernment' -like "$word*" })]
        [string] $Environment,

        [Parameter(ParameterSetName = 'UserWithSubscriptionId', Position = 0)]
        [Parameter(ParameterSetName = 'ServicePrincipalWithSubscriptionId', Mandatory = $true, Position = 0)]
        [Parameter(ParameterSetName = 'ManagedServiceLogin')]
        [System.Management.Automation.PSCredential] $Credential,

        [Parameter(ParameterSetName = 'ServicePrincipalWithSubscriptionId', Mandatory = $true)]
        [Parameter(ParameterSetName = 'ServicePrincipalCertificateWithSubscriptionId')]
        [switch] $ServicePrincipal,

        [Parameter(ParameterSetName = 'UserWithSubscriptionId')]
        [Parameter(ParameterSetName = 'ServicePrincipalWithSubscriptionId', Mandatory = $true)]
        [Parameter(ParameterSetName = 'ServicePrincipalCertificateWithSubscriptionId', Mandatory = $true)]
        [Parameter(ParameterSetName = 'AccessTokenWithSubscriptionId')]
        [Parameter(ParameterSetName = 'ManagedServiceLogin')]
        [Alias('Domain', 'Tenant')]
        [string] $TenantId,

        [Parameter(ParameterSetName = 'ServicePrincipalCertificateWithSubscriptionId', Mandatory = $true)]
        [Parameter(ParameterSetName = 'ManagedServiceLogin')]
        [string] $CertificateThumbprint,

        [Parameter(ParameterSetName = 'ServicePrincipalCertificateWithSubscriptionId', Mandatory = $true)]
        [string] $ApplicationId,

        [Parameter(ParameterSetName = 'AccessTokenWithSubscriptionId', Mandatory = $true)]
        [string] $AccessToken,

        [Parameter(ParameterSetName = 'AccessTokenWithSubscriptionId', Mandatory = $true)]
        [Parameter(ParameterSetName = 'ManagedServiceLogin')]
        [string] $AccountId,

        [Parameter(ParameterSetName = 'AccessTokenWithSubscriptionId')]
        [string] $GraphAccessToken,

        [Parameter(ParameterSetName = 'AccessTokenWithSubscriptionId')]
        [string] $KeyVaultAccessToken,

        [Parameter(ParameterSetName = 'AccessTokenWithSubscriptionId')]
        [switch] $SkipValidation,

        [Parameter(ParameterSetName = 'ManagedServiceLogin', Mandatory = $true)]
        [Alias('MSI', 'ManagedService')]
        [switch] $Identity,

        [Parameter(ParameterSetName = 'ManagedServiceLogin')]
        [int] $ManagedServicePort,

        [Parameter(ParameterSetName = 'ManagedServiceLogin')]
        [string] $ManagedServiceHostName,

        [Parameter(ParameterSetName = 'ManagedServiceLogin')]
        [securestring] $ManagedServiceSecret,

        [Parameter(ValueFromPipeline = $true)]
        [Alias('SubscriptionName', 'SubscriptionId')]
        [string] $Subscription,

        [string] $ContextName,

        [switch] $SkipContextPopulation,

        [switch] $Force,

        [ValidateSet('Process', 'CurrentUser')]
        [string] $Scope,

        [Parameter(ParameterSetName = 'ManagedServiceLogin')]
        [Alias('Cn', 'PSComputerName')]
        [string[]] $ComputerName,

        [Parameter(ParameterSetName = 'ManagedServiceLogin')]
        [System.Management.Automation.Runspaces.PSSession[]] $Session,

        [Parameter(ParameterSetName = 'ManagedServiceLogin')]
        [ValidateSet('Default', 'Basic', 'Negotiate', 'Kerberos', 'Credssp')]
        [string] $Authentication,

        [Parameter(ParameterSetName = 'ManagedServiceLogin')]
        [int] $Port,

        [Parameter(ParameterSetName = 'ManagedServiceLogin')]
        [switch] $UseSSL,

        [Parameter(ParameterSetName = 'ManagedServiceLogin')]
        [int] $TimeoutSec,

        [Parameter(ParameterSetName = 'ManagedServiceLogin')]
        [switch] $AllowLogged,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Connect-AzureRmAccount' $PSCmdlet $PSBoundParameters
    }
}

function Disconnect-AzureRmAccount {
    <#
    .SYNOPSIS
    Signs an account out.
    .DESCRIPTION
    Forgets the account, with all its contexts: by default the account of the current context, if
    there is one. Where another account is signed in, its context becomes the current one. A token
    that is in use elsewhere stays valid until it expires, as Azure cannot take it back.
    .PARAMETER Username
    The account to sign out, as Get-AzureRmContext shows it: MSI@50342, or an application ID.
    .PARAMETER ApplicationId
    The application ID of the service principal to sign out.
    .PARAMETER TenantId
    The tenant that it is signed in to.
    .PARAMETER ContextName
    Signs out the account of the context of this name.
    .PARAMETER InputObject
    The account to sign out: what (Get-AzureRmContext).Account holds. A context is taken, too.
    .PARAMETER AzureContext
    Signs out the account of this context.
    .PARAMETER Scope
    Process changes this session only; CurrentUser changes what is saved for the user's other
    sessions, too. By default as Enable-AzureRmContextAutosave says.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Disconnect-AzureRmAccount

    Signs in and out again.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Get-AzureRmContext | Disconnect-AzureRmAccount

    Signs out the account of a context.
    .OUTPUTS
    Microsoft.Azure.Commands.Profile.Models.PSAzureRmAccount
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'UserId', SupportsShouldProcess = $true)]
    [OutputType('Microsoft.Azure.Commands.Profile.Models.PSAzureRmAccount')]
    [Alias('Logout-AzureRmAccount', 'Remove-AzureRmAccount')]
    param(
        [Parameter(ParameterSetName = 'UserId', Position = 0)]
        [Alias('Id', 'UserId')]
        [string] $Username,

        [Parameter(ParameterSetName = 'ServicePrincipal', Mandatory = $true)]
        [Alias('SPN', 'ServicePrincipal')]
        [string] $ApplicationId,

        [Parameter(ParameterSetName = 'ServicePrincipal', Mandatory = $true)]
        [string] $TenantId,

        [Parameter(ParameterSetName = 'ContextName', Mandatory = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge context @args })]
        [string] $ContextName,

        [Parameter(ParameterSetName = 'AccountObject', Mandatory = $true, Position = 0, ValueFromPipeline = $true)]
        [psobject] $InputObject,

        [Parameter(ParameterSetName = 'ContextObject', Mandatory = $true)]
        [psobject] $AzureContext,

        [ValidateSet('Process', 'CurrentUser')]
        [string] $Scope,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Disconnect-AzureRmAccount' $PSCmdlet $PSBoundParameters
    }
}

function Get-AzureRmContext {
    <#
    .SYNOPSIS
    Gets the contexts of this session.
    .DESCRIPTION
    The account, subscription, tenant and environment that the commands of this session use: by
    default those of the current context.
    .PARAMETER Name
    Gets the context of this name.
    .PARAMETER ListAvailable
    Gets all contexts of this session.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Get-AzureRmContext

    Shows who is signed in, and where.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    (Get-AzureRmContext).Subscription.Id

    Gets the ID of the current subscription.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Get-AzureRmContext -ListAvailable

    Lists all contexts.
    .OUTPUTS
    Microsoft.Azure.Commands.Profile.Models.PSAzureContext
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'GetSingleContext')]
    [OutputType('Microsoft.Azure.Commands.Profile.Models.PSAzureContext')]
    param(
        [Parameter(ParameterSetName = 'GetSingleContext', Position = 0)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge context @args })]
        [string] $Name,

        [Parameter(ParameterSetName = 'ListAllContexts', Mandatory = $true)]
        [switch] $ListAvailable,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Get-AzureRmContext' $PSCmdlet $PSBoundParameters
    }
}

function Set-AzureRmContext {
    <#
    .SYNOPSIS
    Makes another subscription, tenant or context the current one.
    .DESCRIPTION
    The account stays signed in, and works in the subscription or tenant from now on. A context that
    is there already is used again; for another place a new one is made. A context, subscription or
    tenant object may come through the pipeline, from a job or another session too.
    .PARAMETER Context
    A context, of Get-AzureRmContext or Connect-AzureRmAccount. A subscription or a tenant is taken,
    too, and so is the name or ID of a subscription.
    .PARAMETER TenantObject
    A tenant, of Get-AzureRmTenant. Its first visible subscription is taken.
    .PARAMETER SubscriptionObject
    A subscription, of Get-AzureRmSubscription.
    .PARAMETER Subscription
    The ID or name of a subscription.
    .PARAMETER Tenant
    The ID or a domain of a tenant. Without -Subscription, its first visible subscription is taken.
    .PARAMETER ExtendedProperty
    Further properties of the context, kept in its ExtendedProperties.
    .PARAMETER Name
    A name for the context. By default the one that it has, or the subscription's name and ID.
    .PARAMETER Force
    Replaces a context of the same name without asking.
    .PARAMETER Scope
    Process changes this session only; CurrentUser changes what is saved for the user's other
    sessions, too. By default as Enable-AzureRmContextAutosave says.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Select-AzureRmSubscription -SubscriptionName 'Subscription1'

    Works in that subscription from now on.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Get-AzureRmSubscription | Select-Object -First 1 | Set-AzureRmContext -Name work

    Works in the first subscription, in a context of its own name.
    .OUTPUTS
    Microsoft.Azure.Commands.Profile.Models.PSAzureContext
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'Context', SupportsShouldProcess = $true)]
    [OutputType('Microsoft.Azure.Commands.Profile.Models.PSAzureContext')]
    [Alias('Select-AzureRmSubscription')]
    param(
        [Parameter(ParameterSetName = 'Context', Mandatory = $true, Position = 0, ValueFromPipeline = $true)]
        [psobject] $Context,

        [Parameter(ParameterSetName = 'TenantObject', Mandatory = $true)]
        [psobject] $TenantObject,

        [Parameter(ParameterSetName = 'SubscriptionObject', Mandatory = $true)]
        [psobject] $SubscriptionObject,

        [Parameter(ParameterSetName = 'Subscription', Mandatory = $true, Position = 0)]
        [Alias('SubscriptionId', 'SubscriptionName')]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge subscription @args })]
        [string] $Subscription,

        [Parameter(ParameterSetName = 'Subscription')]
        [Parameter(ParameterSetName = 'TenantNameOnly', Mandatory = $true)]
        [Alias('Domain', 'TenantId')]
        [string] $Tenant,

        [hashtable] $ExtendedProperty,

        [string] $Name,

        [switch] $Force,

        [ValidateSet('Process', 'CurrentUser')]
        [string] $Scope,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Set-AzureRmContext' $PSCmdlet $PSBoundParameters
    }
}

function Select-AzureRmContext {
    <#
    .SYNOPSIS
    Makes another context of this session the current one.
    .DESCRIPTION
    The commands that follow use its account, subscription, tenant and environment.
    .PARAMETER InputObject
    A context of this session.
    .PARAMETER Name
    The name of the context.
    .PARAMETER Scope
    Process changes this session only; CurrentUser changes what is saved for the user's other
    sessions, too. By default as Enable-AzureRmContextAutosave says.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -Identity -ContextName home
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant -ContextName work
    Select-AzureRmContext home

    Signs in twice, and goes back to the first account. $credential and $tenant are as in the help
    of Connect-AzureRmAccount.
    .EXAMPLE
    Connect-AzureRmAccount -Identity -ContextName vm
    Get-AzureRmContext -ListAvailable | Where-Object { $_.Name -eq 'vm' } | Select-AzureRmContext

    Selects a context that comes through the pipeline.
    .OUTPUTS
    Microsoft.Azure.Commands.Profile.Models.PSAzureContext
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'SelectByInputObject', SupportsShouldProcess = $true)]
    [OutputType('Microsoft.Azure.Commands.Profile.Models.PSAzureContext')]
    param(
        [Parameter(ParameterSetName = 'SelectByInputObject', Mandatory = $true, ValueFromPipeline = $true)]
        [psobject] $InputObject,

        [Parameter(ParameterSetName = 'SelectByName', Mandatory = $true, Position = 0)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge context @args })]
        [string] $Name,

        [ValidateSet('Process', 'CurrentUser')]
        [string] $Scope,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Select-AzureRmContext' $PSCmdlet $PSBoundParameters
    }
}

function Rename-AzureRmContext {
    <#
    .SYNOPSIS
    Gives a context another name.
    .DESCRIPTION
    By default a context has the name and the ID of its subscription as its name.
    .PARAMETER InputObject
    A context of this session.
    .PARAMETER SourceName
    The name that it has.
    .PARAMETER TargetName
    The name that it gets.
    .PARAMETER Force
    Replaces a context of the new name without asking.
    .PARAMETER PassThru
    Returns the renamed context.
    .PARAMETER Scope
    Process changes this session only; CurrentUser changes what is saved for the user's other
    sessions, too. By default as Enable-AzureRmContextAutosave says.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -Identity -ContextName first
    Rename-AzureRmContext first work -PassThru

    Renames a context by its name.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Get-AzureRmContext | Rename-AzureRmContext -TargetName work -PassThru

    Renames the current context.
    .OUTPUTS
    Microsoft.Azure.Commands.Profile.Models.PSAzureContext
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'RenameByInputObject', SupportsShouldProcess = $true)]
    [OutputType('Microsoft.Azure.Commands.Profile.Models.PSAzureContext')]
    param(
        [Parameter(ParameterSetName = 'RenameByInputObject', Mandatory = $true, ValueFromPipeline = $true)]
        [psobject] $InputObject,

        [Parameter(ParameterSetName = 'RenameByName', Mandatory = $true, Position = 0)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge context @args })]
        [string] $SourceName,

        [Parameter(ParameterSetName = 'RenameByInputObject', Mandatory = $true, Position = 1)]
        [Parameter(ParameterSetName = 'RenameByName', Mandatory = $true, Position = 1)]
        [string] $TargetName,

        [switch] $Force,

        [switch] $PassThru,

        [ValidateSet('Process', 'CurrentUser')]
        [string] $Scope,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Rename-AzureRmContext' $PSCmdlet $PSBoundParameters
    }
}

function Remove-AzureRmContext {
    <#
    .SYNOPSIS
    Forgets a context of this session.
    .DESCRIPTION
    Its account stays signed in where it has other contexts. The current context is removed only
    after a question, or with -Force; the first of those that are left takes its place.
    .PARAMETER InputObject
    A context of this session.
    .PARAMETER Name
    The name of the context.
    .PARAMETER Force
    Removes the current context, too, without asking.
    .PARAMETER PassThru
    Returns the removed context.
    .PARAMETER Scope
    Process changes this session only; CurrentUser changes what is saved for the user's other
    sessions, too. By default as Enable-AzureRmContextAutosave says.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -Identity -ContextName first
    Set-AzureRmContext -Subscription Subscription1 -Name second
    Remove-AzureRmContext second -Force -PassThru

    Removes a context by its name.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Get-AzureRmContext | Remove-AzureRmContext -Force -PassThru

    Removes the current context.
    .OUTPUTS
    Microsoft.Azure.Commands.Profile.Models.PSAzureContext
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'RemoveByInputObject', SupportsShouldProcess = $true)]
    [OutputType('Microsoft.Azure.Commands.Profile.Models.PSAzureContext')]
    param(
        [Parameter(ParameterSetName = 'RemoveByInputObject', Mandatory = $true, ValueFromPipeline = $true)]
        [psobject] $InputObject,

        [Parameter(ParameterSetName = 'RemoveByName', Mandatory = $true, Position = 0)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge context @args })]
        [string] $Name,

        [switch] $Force,

        [switch] $PassThru,

        [ValidateSet('Process', 'CurrentUser')]
        [string] $Scope,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Remove-AzureRmContext' $PSCmdlet $PSBoundParameters
    }
}

function Clear-AzureRmContext {
    <#
    .SYNOPSIS
    Forgets all contexts, accounts and added environments.
    .DESCRIPTION
    Nobody is signed in after that. With -Scope CurrentUser the contexts that
    Enable-AzureRmContextAutosave saved are removed too, after a question or with -Force.
    .PARAMETER Scope
    Process, the default, for this session only; CurrentUser for what was saved, too.
    .PARAMETER PassThru
    Returns True.
    .PARAMETER Force
    Removes saved contexts without asking.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Clear-AzureRmContext -PassThru

    Signs everybody out in this session.
    .EXAMPLE
    Clear-AzureRmContext -Scope CurrentUser -Force -PassThru

    Removes saved contexts, too.
    #>
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true)]
    [OutputType()]
    param(
        [ValidateSet('Process', 'CurrentUser')]
        [string] $Scope,

        [switch] $PassThru,

        [switch] $Force,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Clear-AzureRmContext' $PSCmdlet $PSBoundParameters
    }
}

function Save-AzureRmContext {
    <#
    .SYNOPSIS
    Writes the contexts of this session into a file.
    .DESCRIPTION
    The file says who is signed in and where, in the format of AzureRM and Az. It holds no tokens
    and no secrets: whoever imports it can go on as a managed identity, and must sign in again as a
    service principal or with a token. Only its owner can read it. Export-Clixml is no substitute:
    on Linux and macOS it writes secrets readably.
    .PARAMETER Profile
    What Connect-AzureRmAccount returned, or a context. By default all contexts of this session.
    .PARAMETER Path
    The file.
    .PARAMETER Force
    Overwrites a file without asking.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Save-AzureRmContext -Path ./contexts.json -Force
    Import-AzureRmContext -Path ./contexts.json

    Saves the contexts of this session, and reads them again.
    .EXAMPLE
    $signedIn = Connect-AzureRmAccount -Identity
    Save-AzureRmContext -Profile $signedIn -Path ./one.json -Force
    Import-AzureRmContext ./one.json

    Saves one context, and reads it again.
    #>
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true)]
    [OutputType()]
    [Alias('Save-AzureRmProfile')]
    param(
        [Parameter(Position = 0, ValueFromPipeline = $true)]
        [psobject] $Profile,

        [Parameter(Mandatory = $true, Position = 1)]
        [string] $Path,

        [switch] $Force,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Save-AzureRmContext' $PSCmdlet $PSBoundParameters
    }
}

function Import-AzureRmContext {
    <#
    .SYNOPSIS
    Takes contexts over from a file, or from an object.
    .DESCRIPTION
    Reads the files that Save-AzureRmContext, Save-AzureRmProfile and Save-AzContext write, those of
    AzureRM and Az included: accounts, subscriptions, tenants and environments, in place of the
    contexts and added environments of this session. Tokens and secrets in them are not read, so a
    warning says which accounts must sign in again; a managed identity need not. The context of an
    object takes the place of all others, too. An environment that would have Azure's own tokens
    sent elsewhere is left out.
    .PARAMETER AzureContext
    What Connect-AzureRmAccount returned, or a context, in place of the contexts of this session.
    .PARAMETER Path
    The file.
    .PARAMETER Scope
    Process changes this session only; CurrentUser changes what is saved for the user's other
    sessions, too. By default as Enable-AzureRmContextAutosave says.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Save-AzureRmContext -Path ./contexts.json -Force
    $null = Clear-AzureRmContext
    Import-AzureRmContext -Path ./contexts.json

    Reads a file that was saved before.
    .EXAMPLE
    $signedIn = Connect-AzureRmAccount -Identity
    Import-AzureRmContext -AzureContext $signedIn

    Takes over the context of an object, as in a job that got it as an argument.
    .OUTPUTS
    Microsoft.Azure.Commands.Profile.Models.PSAzureProfile
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'ProfileFromDisk', SupportsShouldProcess = $true)]
    [OutputType('Microsoft.Azure.Commands.Profile.Models.PSAzureProfile')]
    param(
        [Parameter(ParameterSetName = 'InMemoryProfile', Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [Alias('Profile')]
        [psobject] $AzureContext,

        [Parameter(ParameterSetName = 'ProfileFromDisk', Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [string] $Path,

        [ValidateSet('Process', 'CurrentUser')]
        [string] $Scope,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Import-AzureRmContext' $PSCmdlet $PSBoundParameters
    }
}

function Enable-AzureRmContextAutosave {
    <#
    .SYNOPSIS
    Saves contexts for the sessions to come.
    .DESCRIPTION
    From now on, sessions of this user begin with the contexts that were saved last, plain
    background jobs among them. Only managed identities are saved, as they need no secret: no token
    and no secret is ever written. The files are in a folder of this user's own, which
    Get-AzureRmContextAutosaveSetting names and the variable PYBRIDGE_CONTEXTS moves. Off by
    default.
    .PARAMETER Scope
    CurrentUser, the default, for all sessions of this user; Process for changes of this session
    only.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Enable-AzureRmContextAutosave
    Connect-AzureRmAccount -Identity

    Signs in for this session, and for those to come.
    .EXAMPLE
    Enable-AzureRmContextAutosave -Scope Process

    Saves what changes in this session.
    .OUTPUTS
    Microsoft.Azure.Commands.Common.Authentication.ContextAutosaveSettings
    #>
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true)]
    [OutputType('Microsoft.Azure.Commands.Common.Authentication.ContextAutosaveSettings')]
    param(
        [ValidateSet('Process', 'CurrentUser')]
        [string] $Scope,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Enable-AzureRmContextAutosave' $PSCmdlet $PSBoundParameters
    }
}

function Disable-AzureRmContextAutosave {
    <#
    .SYNOPSIS
    Saves contexts no longer.
    .DESCRIPTION
    Sessions to come begin with nobody signed in. What was saved is removed. This session stays
    signed in.
    .PARAMETER Scope
    CurrentUser, the default, for all sessions of this user; Process for this session only.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Disable-AzureRmContextAutosave

    Removes what was saved, and saves nothing any more.
    .EXAMPLE
    Disable-AzureRmContextAutosave -Scope Process

    Leaves what was saved as it is, whatever this session does.
    .OUTPUTS
    Microsoft.Azure.Commands.Common.Authentication.ContextAutosaveSettings
    #>
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true)]
    [OutputType('Microsoft.Azure.Commands.Common.Authentication.ContextAutosaveSettings')]
    param(
        [ValidateSet('Process', 'CurrentUser')]
        [string] $Scope,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Disable-AzureRmContextAutosave' $PSCmdlet $PSBoundParameters
    }
}

function Get-AzureRmContextAutosaveSetting {
    <#
    .SYNOPSIS
    Shows whether contexts are saved for other sessions, and where.
    .DESCRIPTION
    Mode is CurrentUser where they are saved and Process where they are not. CacheFile says None, as
    tokens are never saved.
    .PARAMETER Scope
    Process, the default, for what this session does; CurrentUser for what sessions to come will do.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Get-AzureRmContextAutosaveSetting

    Shows what this session does.
    .EXAMPLE
    (Get-AzureRmContextAutosaveSetting -Scope CurrentUser).Mode

    Gets the setting of the user.
    .OUTPUTS
    Microsoft.Azure.Commands.Common.Authentication.ContextAutosaveSettings
    #>
    [CmdletBinding(PositionalBinding = $false)]
    [OutputType('Microsoft.Azure.Commands.Common.Authentication.ContextAutosaveSettings')]
    param(
        [ValidateSet('Process', 'CurrentUser')]
        [string] $Scope,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Get-AzureRmContextAutosaveSetting' $PSCmdlet $PSBoundParameters
    }
}

function Get-AzureRmSubscription {
    <#
    .SYNOPSIS
    Gets the subscriptions that the signed-in account can see.
    .DESCRIPTION
    A subscription is visible when the account has a role in it, or on something in it.
    .PARAMETER SubscriptionId
    Gets the subscription of this ID.
    .PARAMETER SubscriptionName
    Gets the subscriptions of this name; all for an empty one.
    .PARAMETER TenantId
    Gets subscriptions of this tenant only. It may be a domain, too.
    .PARAMETER AsJob
    Runs in the background and returns the job at once. Receive-Job -Wait gets what the command
    returns.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Get-AzureRmSubscription

    Lists the visible subscriptions.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Get-AzureRmSubscription -SubscriptionName 'Subscription1'

    Gets a subscription by its name.
    .OUTPUTS
    Microsoft.Azure.Commands.Profile.Models.PSAzureSubscription
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'ListByIdInTenant')]
    [OutputType('Microsoft.Azure.Commands.Profile.Models.PSAzureSubscription')]
    param(
        [Parameter(ParameterSetName = 'ListByIdInTenant', ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge subscription @args })]
        [string] $SubscriptionId,

        [Parameter(ParameterSetName = 'ListByNameInTenant', ValueFromPipelineByPropertyName = $true)]
        [string] $SubscriptionName,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [string] $TenantId,

        [switch] $AsJob,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Get-AzureRmSubscription' $PSCmdlet $PSBoundParameters
    }
}

function Get-AzureRmTenant {
    <#
    .SYNOPSIS
    Gets the tenants that the signed-in account can see.
    .DESCRIPTION
    A managed identity and a service principal see the tenant that they belong to.
    .PARAMETER TenantId
    Gets the tenant of this ID or domain.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Get-AzureRmTenant

    Lists the tenants.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    (Get-AzureRmTenant | Select-Object -First 1).Id

    Gets the ID of the tenant.
    .OUTPUTS
    Microsoft.Azure.Commands.Profile.Models.PSAzureTenant
    #>
    [CmdletBinding(PositionalBinding = $false)]
    [OutputType('Microsoft.Azure.Commands.Profile.Models.PSAzureTenant')]
    param(
        [Parameter(Position = 0, ValueFromPipelineByPropertyName = $true)]
        [Alias('Domain', 'Tenant')]
        [string] $TenantId,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Get-AzureRmTenant' $PSCmdlet $PSBoundParameters
    }
}

function Get-AzureRmEnvironment {
    <#
    .SYNOPSIS
    Gets the clouds, with the endpoints of their services.
    .DESCRIPTION
    The built-in ones, and those of Add-AzureRmEnvironment. AzureGermanCloud is no more, as
    Microsoft closed it in 2021.
    .PARAMETER Name
    Gets the environment of this name.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Get-AzureRmEnvironment

    Lists the environments.
    .EXAMPLE
    (Get-AzureRmEnvironment AzureUSGovernment).ResourceManagerUrl

    Gets an endpoint.
    .OUTPUTS
    Microsoft.Azure.Commands.Profile.Models.PSAzureEnvironment
    #>
    [CmdletBinding(PositionalBinding = $false)]
    [OutputType('Microsoft.Azure.Commands.Profile.Models.PSAzureEnvironment')]
    param(
        [Parameter(Position = 0, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge environment @args })]
        [string] $Name,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Get-AzureRmEnvironment' $PSCmdlet $PSBoundParameters
    }
}

function Add-AzureRmEnvironment {
    <#
    .SYNOPSIS
    Adds a cloud, such as an Azure Stack, to those that the session knows.
    .DESCRIPTION
    With -ARMEndpoint, the Azure Resource Manager of the cloud is asked for its endpoints; without
    it, they are given one by one. What is given goes before what it tells. URLs are https. The
    environment is known to this session, and to those to come where contexts are saved. One of the
    same name is changed; built-in ones cannot be.
    .PARAMETER Name
    The name of the environment.
    .PARAMETER ARMEndpoint
    The URL of its Azure Resource Manager, which tells of the other endpoints.
    .PARAMETER PublishSettingsFileUrl
    Where publish settings files are downloaded. Kept, and not used.
    .PARAMETER ServiceEndpoint
    The endpoint of the service management API of old.
    .PARAMETER ManagementPortalUrl
    The portal.
    .PARAMETER StorageEndpoint
    How the names of storage accounts end.
    .PARAMETER ActiveDirectoryEndpoint
    Where its accounts sign in, an https URL. A service principal's secret is sent there.
    .PARAMETER ResourceManagerEndpoint
    Where Azure Resource Manager answers, an https URL. Tokens are sent there.
    .PARAMETER GalleryEndpoint
    The gallery of templates.
    .PARAMETER ActiveDirectoryServiceEndpointResourceId
    What tokens for Azure Resource Manager are asked for. By default its URL.
    .PARAMETER GraphEndpoint
    The endpoint of Azure AD Graph.
    .PARAMETER AzureKeyVaultDnsSuffix
    How the names of key vaults end.
    .PARAMETER AzureKeyVaultServiceEndpointResourceId
    What tokens for key vaults are asked for.
    .PARAMETER TrafficManagerDnsSuffix
    How the names of traffic managers end.
    .PARAMETER SqlDatabaseDnsSuffix
    How the names of SQL servers end, with a dot in front.
    .PARAMETER AzureDataLakeStoreFileSystemEndpointSuffix
    How the names of data lake stores end.
    .PARAMETER AzureDataLakeAnalyticsCatalogAndJobEndpointSuffix
    How the names of data lake analytics accounts end.
    .PARAMETER EnableAdfsAuthentication
    Its accounts sign in at an AD FS of its own.
    .PARAMETER AdTenant
    The tenant to sign in to where none is named.
    .PARAMETER GraphAudience
    What tokens for Azure AD Graph are asked for.
    .PARAMETER DataLakeAudience
    What tokens for data lakes are asked for.
    .PARAMETER BatchEndpointResourceId
    What tokens for Azure Batch are asked for.
    .PARAMETER AzureOperationalInsightsEndpointResourceId
    What tokens for Log Analytics are asked for.
    .PARAMETER AzureOperationalInsightsEndpoint
    Where Log Analytics answers.
    .PARAMETER AzureAnalysisServicesEndpointSuffix
    How the names of Analysis Services servers end.
    .PARAMETER Scope
    Process changes this session only; CurrentUser changes what is saved for the user's other
    sessions, too. By default as Enable-AzureRmContextAutosave says.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Add-AzureRmEnvironment -Name Local -ResourceManagerEndpoint https://management.local.example/

    Adds a cloud by its endpoints.
    .EXAMPLE
    Add-AzureRmEnvironment -Name Mine -ARMEndpoint (Get-AzureRmEnvironment AzureCloud).ResourceManagerUrl

    Asks a cloud for its endpoints. Here it is a built-in one, which need not be asked.
    .OUTPUTS
    Microsoft.Azure.Commands.Profile.Models.PSAzureEnvironment
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'Name', SupportsShouldProcess = $true)]
    [OutputType('Microsoft.Azure.Commands.Profile.Models.PSAzureEnvironment')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge environment @args })]
        [string] $Name,

        [Parameter(ParameterSetName = 'ARMEndpoint', Mandatory = $true, Position = 1, ValueFromPipelineByPropertyName = $true)]
        [Alias('ArmUrl')]
        [string] $ARMEndpoint,

        [Parameter(ParameterSetName = 'Name', Position = 1, ValueFromPipelineByPropertyName = $true)]
        [string] $PublishSettingsFileUrl,

        [Parameter(ParameterSetName = 'Name', Position = 2, ValueFromPipelineByPropertyName = $true)]
        [Alias('ServiceManagement', 'ServiceManagementUrl')]
        [string] $ServiceEndpoint,

        [Parameter(ParameterSetName = 'Name', Position = 3, ValueFromPipelineByPropertyName = $true)]
        [string] $ManagementPortalUrl,

        [Parameter(ParameterSetName = 'Name', Position = 4)]
        [Parameter(ParameterSetName = 'ARMEndpoint', Position = 2)]
        [Alias('StorageEndpointSuffix')]
        [string] $StorageEndpoint,

        [Parameter(ParameterSetName = 'Name', Position = 5, ValueFromPipelineByPropertyName = $true)]
        [Alias('AdEndpointUrl', 'ActiveDirectory', 'ActiveDirectoryAuthority')]
        [string] $ActiveDirectoryEndpoint,

        [Parameter(ParameterSetName = 'Name', Position = 6, ValueFromPipelineByPropertyName = $true)]
        [Alias('ResourceManager', 'ResourceManagerUrl')]
        [string] $ResourceManagerEndpoint,

        [Parameter(ParameterSetName = 'Name', Position = 7, ValueFromPipelineByPropertyName = $true)]
        [Alias('Gallery', 'GalleryUrl')]
        [string] $GalleryEndpoint,

        [Parameter(ParameterSetName = 'Name', Position = 8, ValueFromPipelineByPropertyName = $true)]
        [string] $ActiveDirectoryServiceEndpointResourceId,

        [Parameter(ParameterSetName = 'Name', Position = 9, ValueFromPipelineByPropertyName = $true)]
        [Alias('Graph', 'GraphUrl')]
        [string] $GraphEndpoint,

        [Parameter(ParameterSetName = 'Name', Position = 10, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ARMEndpoint', Position = 3, ValueFromPipelineByPropertyName = $true)]
        [string] $AzureKeyVaultDnsSuffix,

        [Parameter(ParameterSetName = 'Name', Position = 11, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ARMEndpoint', Position = 4, ValueFromPipelineByPropertyName = $true)]
        [string] $AzureKeyVaultServiceEndpointResourceId,

        [Parameter(ParameterSetName = 'Name', Position = 12, ValueFromPipelineByPropertyName = $true)]
        [string] $TrafficManagerDnsSuffix,

        [Parameter(ParameterSetName = 'Name', Position = 13, ValueFromPipelineByPropertyName = $true)]
        [string] $SqlDatabaseDnsSuffix,

        [Parameter(ParameterSetName = 'Name', Position = 14, ValueFromPipelineByPropertyName = $true)]
        [string] $AzureDataLakeStoreFileSystemEndpointSuffix,

        [Parameter(ParameterSetName = 'Name', Position = 15, ValueFromPipelineByPropertyName = $true)]
        [string] $AzureDataLakeAnalyticsCatalogAndJobEndpointSuffix,

        [Parameter(ParameterSetName = 'Name', Position = 16, ValueFromPipelineByPropertyName = $true)]
        [Alias('OnPremise')]
        [switch] $EnableAdfsAuthentication,

        [Parameter(ParameterSetName = 'Name', Position = 17, ValueFromPipelineByPropertyName = $true)]
        [string] $AdTenant,

        [Parameter(ParameterSetName = 'Name', Position = 18, ValueFromPipelineByPropertyName = $true)]
        [Alias('GraphEndpointResourceId', 'GraphResourceId')]
        [string] $GraphAudience,

        [Parameter(ParameterSetName = 'Name', Position = 19, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ARMEndpoint', Position = 5, ValueFromPipelineByPropertyName = $true)]
        [Alias('DataLakeEndpointResourceId', 'DataLakeResourceId')]
        [string] $DataLakeAudience,

        [Parameter(ParameterSetName = 'Name', Position = 20, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ARMEndpoint', Position = 6, ValueFromPipelineByPropertyName = $true)]
        [Alias('BatchResourceId', 'BatchAudience')]
        [string] $BatchEndpointResourceId,

        [Parameter(ParameterSetName = 'Name', Position = 21, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ARMEndpoint', Position = 7, ValueFromPipelineByPropertyName = $true)]
        [string] $AzureOperationalInsightsEndpointResourceId,

        [Parameter(ParameterSetName = 'Name', Position = 22, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ARMEndpoint', Position = 8, ValueFromPipelineByPropertyName = $true)]
        [string] $AzureOperationalInsightsEndpoint,

        [Parameter(ParameterSetName = 'Name', ValueFromPipelineByPropertyName = $true)]
        [string] $AzureAnalysisServicesEndpointSuffix,

        [ValidateSet('Process', 'CurrentUser')]
        [string] $Scope,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Add-AzureRmEnvironment' $PSCmdlet $PSBoundParameters
    }
}

function Set-AzureRmEnvironment {
    <#
    .SYNOPSIS
    Changes a cloud that was added.
    .DESCRIPTION
    Changes what is given, and leaves the rest as it is. Contexts of this environment use the new
    endpoints from now on. Built-in environments cannot be changed.
    .PARAMETER Name
    The name of the environment.
    .PARAMETER ARMEndpoint
    The URL of its Azure Resource Manager, which tells of the other endpoints.
    .PARAMETER PublishSettingsFileUrl
    Where publish settings files are downloaded. Kept, and not used.
    .PARAMETER ServiceEndpoint
    The endpoint of the service management API of old.
    .PARAMETER ManagementPortalUrl
    The portal.
    .PARAMETER StorageEndpoint
    How the names of storage accounts end.
    .PARAMETER ActiveDirectoryEndpoint
    Where its accounts sign in, an https URL. A service principal's secret is sent there.
    .PARAMETER ResourceManagerEndpoint
    Where Azure Resource Manager answers, an https URL. Tokens are sent there.
    .PARAMETER GalleryEndpoint
    The gallery of templates.
    .PARAMETER ActiveDirectoryServiceEndpointResourceId
    What tokens for Azure Resource Manager are asked for. By default its URL.
    .PARAMETER GraphEndpoint
    The endpoint of Azure AD Graph.
    .PARAMETER AzureKeyVaultDnsSuffix
    How the names of key vaults end.
    .PARAMETER AzureKeyVaultServiceEndpointResourceId
    What tokens for key vaults are asked for.
    .PARAMETER TrafficManagerDnsSuffix
    How the names of traffic managers end.
    .PARAMETER SqlDatabaseDnsSuffix
    How the names of SQL servers end, with a dot in front.
    .PARAMETER AzureDataLakeStoreFileSystemEndpointSuffix
    How the names of data lake stores end.
    .PARAMETER AzureDataLakeAnalyticsCatalogAndJobEndpointSuffix
    How the names of data lake analytics accounts end.
    .PARAMETER EnableAdfsAuthentication
    Its accounts sign in at an AD FS of its own.
    .PARAMETER AdTenant
    The tenant to sign in to where none is named.
    .PARAMETER GraphAudience
    What tokens for Azure AD Graph are asked for.
    .PARAMETER DataLakeAudience
    What tokens for data lakes are asked for.
    .PARAMETER BatchEndpointResourceId
    What tokens for Azure Batch are asked for.
    .PARAMETER AzureOperationalInsightsEndpointResourceId
    What tokens for Log Analytics are asked for.
    .PARAMETER AzureOperationalInsightsEndpoint
    Where Log Analytics answers.
    .PARAMETER AzureAnalysisServicesEndpointSuffix
    How the names of Analysis Services servers end.
    .PARAMETER Scope
    Process changes this session only; CurrentUser changes what is saved for the user's other
    sessions, too. By default as Enable-AzureRmContextAutosave says.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Add-AzureRmEnvironment Local -ResourceManagerEndpoint https://management.local.example/
    Set-AzureRmEnvironment Local -ActiveDirectoryEndpoint https://login.local.example/

    Says later where its accounts sign in.
    .EXAMPLE
    Add-AzureRmEnvironment Local -ResourceManagerEndpoint https://management.local.example/
    Set-AzureRmEnvironment -Name Local -StorageEndpoint local.example

    Says how the names of its storage accounts end.
    .OUTPUTS
    Microsoft.Azure.Commands.Profile.Models.PSAzureEnvironment
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'Name', SupportsShouldProcess = $true)]
    [OutputType('Microsoft.Azure.Commands.Profile.Models.PSAzureEnvironment')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge environment @args })]
        [string] $Name,

        [Parameter(ParameterSetName = 'ARMEndpoint', Mandatory = $true, Position = 1, ValueFromPipelineByPropertyName = $true)]
        [Alias('ArmUrl')]
        [string] $ARMEndpoint,

        [Parameter(ParameterSetName = 'Name', Position = 1, ValueFromPipelineByPropertyName = $true)]
        [string] $PublishSettingsFileUrl,

        [Parameter(ParameterSetName = 'Name', Position = 2, ValueFromPipelineByPropertyName = $true)]
        [Alias('ServiceManagement', 'ServiceManagementUrl')]
        [string] $ServiceEndpoint,

        [Parameter(ParameterSetName = 'Name', Position = 3, ValueFromPipelineByPropertyName = $true)]
        [string] $ManagementPortalUrl,

        [Parameter(ParameterSetName = 'Name', Position = 4)]
        [Parameter(ParameterSetName = 'ARMEndpoint', Position = 2)]
        [Alias('StorageEndpointSuffix')]
        [string] $StorageEndpoint,

        [Parameter(ParameterSetName = 'Name', Position = 5, ValueFromPipelineByPropertyName = $true)]
        [Alias('AdEndpointUrl', 'ActiveDirectory', 'ActiveDirectoryAuthority')]
        [string] $ActiveDirectoryEndpoint,

        [Parameter(ParameterSetName = 'Name', Position = 6, ValueFromPipelineByPropertyName = $true)]
        [Alias('ResourceManager', 'ResourceManagerUrl')]
        [string] $ResourceManagerEndpoint,

        [Parameter(ParameterSetName = 'Name', Position = 7, ValueFromPipelineByPropertyName = $true)]
        [Alias('Gallery', 'GalleryUrl')]
        [string] $GalleryEndpoint,

        [Parameter(ParameterSetName = 'Name', Position = 8, ValueFromPipelineByPropertyName = $true)]
        [string] $ActiveDirectoryServiceEndpointResourceId,

        [Parameter(ParameterSetName = 'Name', Position = 9, ValueFromPipelineByPropertyName = $true)]
        [Alias('Graph', 'GraphUrl')]
        [string] $GraphEndpoint,

        [Parameter(ParameterSetName = 'Name', Position = 10, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ARMEndpoint', Position = 3, ValueFromPipelineByPropertyName = $true)]
        [string] $AzureKeyVaultDnsSuffix,

        [Parameter(ParameterSetName = 'Name', Position = 11, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ARMEndpoint', Position = 4, ValueFromPipelineByPropertyName = $true)]
        [string] $AzureKeyVaultServiceEndpointResourceId,

        [Parameter(ParameterSetName = 'Name', Position = 12, ValueFromPipelineByPropertyName = $true)]
        [string] $TrafficManagerDnsSuffix,

        [Parameter(ParameterSetName = 'Name', Position = 13, ValueFromPipelineByPropertyName = $true)]
        [string] $SqlDatabaseDnsSuffix,

        [Parameter(ParameterSetName = 'Name', Position = 14, ValueFromPipelineByPropertyName = $true)]
        [string] $AzureDataLakeStoreFileSystemEndpointSuffix,

        [Parameter(ParameterSetName = 'Name', Position = 15, ValueFromPipelineByPropertyName = $true)]
        [string] $AzureDataLakeAnalyticsCatalogAndJobEndpointSuffix,

        [Parameter(ParameterSetName = 'Name', Position = 16, ValueFromPipelineByPropertyName = $true)]
        [Alias('OnPremise')]
        [switch] $EnableAdfsAuthentication,

        [Parameter(ParameterSetName = 'Name', Position = 17, ValueFromPipelineByPropertyName = $true)]
        [string] $AdTenant,

        [Parameter(ParameterSetName = 'Name', Position = 18, ValueFromPipelineByPropertyName = $true)]
        [Alias('GraphEndpointResourceId', 'GraphResourceId')]
        [string] $GraphAudience,

        [Parameter(ParameterSetName = 'Name', Position = 19, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ARMEndpoint', Position = 5, ValueFromPipelineByPropertyName = $true)]
        [Alias('DataLakeEndpointResourceId', 'DataLakeResourceId')]
        [string] $DataLakeAudience,

        [Parameter(ParameterSetName = 'Name', Position = 20, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ARMEndpoint', Position = 6, ValueFromPipelineByPropertyName = $true)]
        [Alias('BatchResourceId', 'BatchAudience')]
        [string] $BatchEndpointResourceId,

        [Parameter(ParameterSetName = 'Name', Position = 21, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ARMEndpoint', Position = 7, ValueFromPipelineByPropertyName = $true)]
        [string] $AzureOperationalInsightsEndpointResourceId,

        [Parameter(ParameterSetName = 'Name', Position = 22, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ARMEndpoint', Position = 8, ValueFromPipelineByPropertyName = $true)]
        [string] $AzureOperationalInsightsEndpoint,

        [Parameter(ParameterSetName = 'Name', ValueFromPipelineByPropertyName = $true)]
        [string] $AzureAnalysisServicesEndpointSuffix,

        [ValidateSet('Process', 'CurrentUser')]
        [string] $Scope,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Set-AzureRmEnvironment' $PSCmdlet $PSBoundParameters
    }
}

function Remove-AzureRmEnvironment {
    <#
    .SYNOPSIS
    Forgets a cloud that was added.
    .DESCRIPTION
    Contexts of this environment cannot be used any more. Built-in environments cannot be removed.
    .PARAMETER Name
    The name of the environment.
    .PARAMETER Scope
    Process changes this session only; CurrentUser changes what is saved for the user's other
    sessions, too. By default as Enable-AzureRmContextAutosave says.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Add-AzureRmEnvironment Local -ResourceManagerEndpoint https://management.local.example/
    Remove-AzureRmEnvironment Local

    Adds an environment, and removes it again.
    .EXAMPLE
    Add-AzureRmEnvironment Local -ResourceManagerEndpoint https://management.local.example/
    Get-AzureRmEnvironment Local | Remove-AzureRmEnvironment

    Removes an environment that comes through the pipeline.
    .OUTPUTS
    Microsoft.Azure.Commands.Profile.Models.PSAzureEnvironment
    #>
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true)]
    [OutputType('Microsoft.Azure.Commands.Profile.Models.PSAzureEnvironment')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge environment @args })]
        [string] $Name,

        [ValidateSet('Process', 'CurrentUser')]
        [string] $Scope,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Remove-AzureRmEnvironment' $PSCmdlet $PSBoundParameters
    }
}

function Disable-AzureRmDataCollection {
    <#
    .SYNOPSIS
    Does nothing, as no data is ever collected.
    .DESCRIPTION
    AzureRM told Microsoft how it was used unless this was called. PyBridge never collects data, and
    so there is nothing to turn off. The command is here for the scripts that call it, with or
    without a sign-in.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Disable-AzureRmDataCollection
    Connect-AzureRmAccount -Identity

    A script begins as it always did.
    .EXAMPLE
    $login = Connect-AzureRmAccount -Identity
    Disable-AzureRmDataCollection -DefaultProfile $login.Context
    $login.Context.Account.Id

    The context is accepted, and not needed.
    #>
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true)]
    [OutputType()]
    param(
        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Skip-PyBridge $PSCmdlet $PSBoundParameters
    }
}

function Enable-AzureRmDataCollection {
    <#
    .SYNOPSIS
    Does nothing, as no data is ever collected.
    .DESCRIPTION
    PyBridge never collects data, and this does not change it. The command is here for the scripts
    that call it, with or without a sign-in.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Enable-AzureRmDataCollection
    Connect-AzureRmAccount -Identity

    A script begins as it always did.
    .EXAMPLE
    $login = Connect-AzureRmAccount -Identity
    Enable-AzureRmDataCollection -DefaultProfile $login.Context
    $login.Context.Account.Id

    The context is accepted, and not needed.
    #>
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true)]
    [OutputType()]
    param(
        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Skip-PyBridge $PSCmdlet $PSBoundParameters
    }
}

function Resolve-AzureRmError {
    <#
    .SYNOPSIS
    Shows errors with all that is known of them.
    .DESCRIPTION
    Gets a record for each error of this session: its message, where in the script it was, and, of
    an error of Azure Resource Manager, the request ID and what was asked and answered. Tokens,
    passwords and keys have been taken out of that. It asks nobody.
    .PARAMETER Error
    The errors. By default all in $Error, the last one first.
    .PARAMETER Last
    The last error only.
    .PARAMETER DefaultProfile
    Accepted and not used, as nobody is asked.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Get-AzureRmVM -ResourceGroupName myResourceGroup -Name nope -ErrorAction SilentlyContinue
    Resolve-AzureRmError -Last

    Shows what Azure was asked, what it answered, and the request ID that its support wants to know.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    try { Get-AzureRmVM -ResourceGroupName myResourceGroup -Name nope -ErrorAction Stop }
    catch { Resolve-AzureRmError $_ | Format-List RequestId, ServerMessage, ServerResponse }

    Shows the parts that matter of an error that was caught.
    .OUTPUTS
    Microsoft.Azure.Commands.Profile.Errors.AzureErrorRecord
    .OUTPUTS
    Microsoft.Azure.Commands.Profile.Errors.AzureExceptionRecord
    .OUTPUTS
    Microsoft.Azure.Commands.Profile.Errors.AzureRestExceptionRecord
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'AnyErrorParameterSet')]
    [OutputType('Microsoft.Azure.Commands.Profile.Errors.AzureErrorRecord', 'Microsoft.Azure.Commands.Profile.Errors.AzureExceptionRecord', 'Microsoft.Azure.Commands.Profile.Errors.AzureRestExceptionRecord')]
    [Alias('Resolve-Error')]
    param(
        [Parameter(ParameterSetName = 'AnyErrorParameterSet', Position = 0, ValueFromPipeline = $true)]
        [System.Management.Automation.ErrorRecord[]] $Error,

        [Parameter(ParameterSetName = 'LastErrorParameterSet', Mandatory = $true)]
        [switch] $Last,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Resolve-PyBridgeError $PSCmdlet $PSBoundParameters
    }
}

function Get-AzureRmVM {
    <#
    .SYNOPSIS
    Gets VMs of the current subscription, or their states.
    .DESCRIPTION
    Gets one VM, the VMs of a resource group or a location, or all VMs of the subscription that the
    signed-in account may read. Lists arrive page by page and are passed on at once. With -Status a
    list has the PowerState of each VM, and one VM is replaced by its state, which is another type
    of object and no VM: it has no Id and no Location.
    .PARAMETER ResourceGroupName
    The resource group to look in. With wildcards, all that fit: -ResourceGroupName * -Name vm01
    finds a VM wherever it is. A name with wildcards gets a list, even where only one VM fits.
    .PARAMETER Name
    The name of the VM, or wildcards for all that fit.
    .PARAMETER Location
    Gets the VMs of this location, such as eastus or "East US". It is not taken from the pipeline:
    resource groups have a location too, and one that is piped in stands for its VMs.
    .PARAMETER NextLink
    Goes on with a list of VMs where an answer of Azure Resource Manager has ended: its nextLink.
    Lists that this command gets itself are complete.
    .PARAMETER Status
    Gets the PowerState of each VM of a list; of one VM all of its state, in place of the VM.
    .PARAMETER DisplayHint
    How the VM is shown on the screen. Compact, the default, shows its parts by the names of what is
    in them; Expand shows all.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    (Get-AzureRmVM -ResourceGroupName myResourceGroup -Name myVM).Identity.PrincipalId

    Gets the object ID of the managed identity of a VM.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Get-AzureRmVM -Status | Where-Object PowerState -ne 'VM running'

    Lists the VMs of the subscription that do not run.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    (Get-AzureRmVM -ResourceGroupName myResourceGroup -Name myVM -Status).Statuses

    Shows the state of one VM.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Get-AzureRmResourceGroup | Get-AzureRmVM

    Lists the VMs of each resource group.
    .OUTPUTS
    Microsoft.Azure.Commands.Compute.Models.PSVirtualMachine
    .OUTPUTS
    Microsoft.Azure.Commands.Compute.Models.PSVirtualMachineList
    .OUTPUTS
    Microsoft.Azure.Commands.Compute.Models.PSVirtualMachineListStatus
    .OUTPUTS
    Microsoft.Azure.Commands.Compute.Models.PSVirtualMachineInstanceView
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'ListAllVirtualMachinesParamSet')]
    [OutputType('Microsoft.Azure.Commands.Compute.Models.PSVirtualMachine', 'Microsoft.Azure.Commands.Compute.Models.PSVirtualMachineList', 'Microsoft.Azure.Commands.Compute.Models.PSVirtualMachineListStatus', 'Microsoft.Azure.Commands.Compute.Models.PSVirtualMachineInstanceView')]
    param(
        [Parameter(ParameterSetName = 'ListVirtualMachineInResourceGroupParamSet', Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'GetVirtualMachineInResourceGroupParamSet', Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_group @args })]
        [string] $ResourceGroupName,

        [Parameter(ParameterSetName = 'GetVirtualMachineInResourceGroupParamSet', Mandatory = $true, Position = 1, ValueFromPipelineByPropertyName = $true)]
        [Alias('ResourceName', 'VMName')]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge virtual_machine @args })]
        [string] $Name,

        [Parameter(ParameterSetName = 'ListLocationVirtualMachinesParamSet', Mandatory = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge location @args })]
        [string] $Location,

        [Parameter(ParameterSetName = 'ListNextLinkVirtualMachinesParamSet', Mandatory = $true, Position = 1, ValueFromPipelineByPropertyName = $true)]
        [string] $NextLink,

        [Parameter(Position = 2)]
        [switch] $Status,

        [Parameter(ParameterSetName = 'GetVirtualMachineInResourceGroupParamSet', ValueFromPipelineByPropertyName = $true)]
        [ValidateSet('Compact', 'Expand')]
        [string] $DisplayHint,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Get-AzureRmVM' $PSCmdlet $PSBoundParameters
    }
}

function Update-AzureRmVM {
    <#
    .SYNOPSIS
    Changes a VM, its tags and its managed identities.
    .DESCRIPTION
    Makes a VM what an object says that Get-AzureRmVM returned and that was changed since. The VM is
    read first, and only what differs is written: Tags, LicenseType, HardwareProfile,
    StorageProfile, OSProfile, NetworkProfile and DiagnosticsProfile of the object; what is null in
    it stays as it is. Nothing else of the object is written, so fetch it shortly before: what
    others have changed in these parts meanwhile is changed back. Identities are changed by the
    parameters only, whatever the object says, and none is lost that no parameter takes away:
    -AssignIdentity and -IdentityType SystemAssigned turn the system-assigned identity on and keep
    the user-assigned ones; -IdentityId adds to them. AzureRM dropped those that were not named. If
    another changes the VM at the same moment, it is read again, and the change is made to what is
    there then.
    .PARAMETER ResourceGroupName
    The resource group of the VM.
    .PARAMETER Id
    The resource ID of the VM, which tells its resource group; which VM of it is told by the name of
    the object.
    .PARAMETER VM
    The VM as it is to be, from Get-AzureRmVM.
    .PARAMETER Tag
    All tags that the VM is to have. By default those of the object.
    .PARAMETER AssignIdentity
    Turns the system-assigned identity on. User-assigned ones stay.
    .PARAMETER IdentityType
    Which identities the VM is to have. SystemAssigned and SystemAssignedUserAssigned take none
    away. UserAssigned takes the system-assigned identity away, with every role that was granted to
    it; None takes all away.
    .PARAMETER IdentityId
    The resource IDs of user-assigned identities that the VM gets, beside those that it has.
    .PARAMETER RemoveIdentityId
    The resource IDs of user-assigned identities that the VM loses. The others stay. AzureRM did not
    have this.
    .PARAMETER OsDiskWriteAccelerator
    Whether writes to the disk of the operating system are accelerated.
    .PARAMETER UltraSSDEnabled
    Whether ultra disks can be attached to the VM.
    .PARAMETER AsJob
    Runs in the background and returns the job at once. Receive-Job -Wait gets what the command
    returns.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    $vm = Get-AzureRmVM -ResourceGroupName myResourceGroup -Name msiOffVM
    Update-AzureRmVM -ResourceGroupName myResourceGroup -VM $vm -AssignIdentity

    Gives a VM a system-assigned identity. $credential holds the application ID and the secret of a
    service principal that may change VMs, $tenant the ID of its tenant.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    $vm = Get-AzureRmVM -ResourceGroupName myResourceGroup -Name myVM
    $vm.Tags['owner'] = 'web team'
    $vm | Update-AzureRmVM

    Adds a tag to a VM.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    $vm = Get-AzureRmVM -ResourceGroupName myResourceGroup -Name twoIdentitiesVM
    $vm | Update-AzureRmVM -RemoveIdentityId $vm.Identity.IdentityIds[0] -WhatIf

    Shows what would be done to take one user-assigned identity away, and leave the others.
    .OUTPUTS
    Microsoft.Azure.Commands.Compute.Models.PSAzureOperationResponse
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'ResourceGroupNameParameterSetName', SupportsShouldProcess = $true)]
    [OutputType('Microsoft.Azure.Commands.Compute.Models.PSAzureOperationResponse')]
    param(
        [Parameter(ParameterSetName = 'ResourceGroupNameParameterSetName', Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'AssignIdentityParameterSet', Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ExplicitIdentityParameterSet', Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'RemoveIdentityParameterSet', Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_group @args })]
        [string] $ResourceGroupName,

        [Parameter(ParameterSetName = 'IdParameterSetName', Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_id @args })]
        [string] $Id,

        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('VMProfile')]
        [psobject] $VM,

        [Alias('Tags')]
        [hashtable] $Tag,

        [Parameter(ParameterSetName = 'AssignIdentityParameterSet', Mandatory = $true)]
        [switch] $AssignIdentity,

        [Parameter(ParameterSetName = 'ExplicitIdentityParameterSet', Mandatory = $true)]
        [ValidateSet('SystemAssigned', 'UserAssigned', 'SystemAssignedUserAssigned', 'None')]
        [string] $IdentityType,

        [Parameter(ParameterSetName = 'ExplicitIdentityParameterSet')]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge identity @args })]
        [string[]] $IdentityId,

        [Parameter(ParameterSetName = 'RemoveIdentityParameterSet', Mandatory = $true)]
        [string[]] $RemoveIdentityId,

        [bool] $OsDiskWriteAccelerator,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [bool] $UltraSSDEnabled,

        [switch] $AsJob,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Update-AzureRmVM' $PSCmdlet $PSBoundParameters
    }
}

function Start-AzureRmVM {
    <#
    .SYNOPSIS
    Starts a VM.
    .DESCRIPTION
    Starts a VM and waits until it runs. A VM that runs already stays as it is.
    .PARAMETER ResourceGroupName
    The resource group of the VM.
    .PARAMETER Name
    The name of the VM, with -Id too.
    .PARAMETER Id
    The resource ID of the VM, which tells its resource group; which VM of it is told by -Name.
    .PARAMETER NoWait
    Returns as soon as Azure has accepted the request, and does not wait until it is carried out.
    .PARAMETER AsJob
    Runs in the background and returns the job at once. Receive-Job -Wait gets what the command
    returns.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    Start-AzureRmVM -ResourceGroupName myResourceGroup -Name msiOffVM

    Starts a VM. $credential holds the application ID and the secret of a service principal that may
    do so, $tenant the ID of its tenant.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    Get-AzureRmVM -Status | Where-Object PowerState -eq 'VM deallocated' | Start-AzureRmVM -NoWait

    Starts all VMs of the subscription that are deallocated, without waiting for any of them.
    .OUTPUTS
    Microsoft.Azure.Commands.Compute.Models.PSComputeLongRunningOperation
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'ResourceGroupNameParameterSetName', SupportsShouldProcess = $true)]
    [OutputType('Microsoft.Azure.Commands.Compute.Models.PSComputeLongRunningOperation')]
    param(
        [Parameter(ParameterSetName = 'ResourceGroupNameParameterSetName', Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_group @args })]
        [string] $ResourceGroupName,

        [Parameter(Mandatory = $true, Position = 1, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge virtual_machine @args })]
        [string] $Name,

        [Parameter(ParameterSetName = 'IdParameterSetName', Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_id @args })]
        [string] $Id,

        [switch] $NoWait,

        [switch] $AsJob,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Start-AzureRmVM' $PSCmdlet $PSBoundParameters
    }
}

function Stop-AzureRmVM {
    <#
    .SYNOPSIS
    Stops a VM.
    .DESCRIPTION
    Stops a VM, gives its place in the data center back and waits until that is done. A stopped VM
    costs nothing but its disks; its temporary disk and a dynamic IP address are lost. It asks
    first; in a script say -Force.
    .PARAMETER ResourceGroupName
    The resource group of the VM.
    .PARAMETER Name
    The name of the VM, with -Id too.
    .PARAMETER Id
    The resource ID of the VM, which tells its resource group; which VM of it is told by -Name.
    .PARAMETER Force
    Does not ask.
    .PARAMETER StayProvisioned
    Keeps the place of the VM, which goes on costing as if it ran.
    .PARAMETER NoWait
    Returns as soon as Azure has accepted the request, and does not wait until it is carried out.
    .PARAMETER AsJob
    Runs in the background and returns the job at once. Receive-Job -Wait gets what the command
    returns.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    Stop-AzureRmVM -ResourceGroupName myResourceGroup -Name noRoleVM -Force
    Start-AzureRmVM -ResourceGroupName myResourceGroup -Name noRoleVM

    Stops a VM, and starts it again. $credential holds the application ID and the secret of a
    service principal that may do so, $tenant the ID of its tenant.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    Get-AzureRmVM -ResourceGroupName myResourceGroup | Stop-AzureRmVM -Force -WhatIf

    Shows which VMs of a resource group would be stopped.
    .OUTPUTS
    Microsoft.Azure.Commands.Compute.Models.PSComputeLongRunningOperation
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'ResourceGroupNameParameterSetName', SupportsShouldProcess = $true)]
    [OutputType('Microsoft.Azure.Commands.Compute.Models.PSComputeLongRunningOperation')]
    param(
        [Parameter(ParameterSetName = 'ResourceGroupNameParameterSetName', Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_group @args })]
        [string] $ResourceGroupName,

        [Parameter(Mandatory = $true, Position = 1, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge virtual_machine @args })]
        [string] $Name,

        [Parameter(ParameterSetName = 'IdParameterSetName', Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_id @args })]
        [string] $Id,

        [switch] $Force,

        [switch] $StayProvisioned,

        [switch] $NoWait,

        [switch] $AsJob,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Stop-AzureRmVM' $PSCmdlet $PSBoundParameters
    }
}

function Restart-AzureRmVM {
    <#
    .SYNOPSIS
    Restarts a VM.
    .DESCRIPTION
    Restarts a VM and waits until it runs again. With -PerformMaintenance the maintenance begins
    that Azure has planned for it, at a time that suits you.
    .PARAMETER ResourceGroupName
    The resource group of the VM.
    .PARAMETER Name
    The name of the VM, with -Id too.
    .PARAMETER Id
    The resource ID of the VM, which tells its resource group; which VM of it is told by -Name.
    .PARAMETER PerformMaintenance
    Does the planned maintenance now.
    .PARAMETER NoWait
    Returns as soon as Azure has accepted the request, and does not wait until it is carried out.
    .PARAMETER AsJob
    Runs in the background and returns the job at once. Receive-Job -Wait gets what the command
    returns.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    Restart-AzureRmVM -ResourceGroupName myResourceGroup -Name noRoleVM

    Restarts a VM. $credential holds the application ID and the secret of a service principal that
    may do so, $tenant the ID of its tenant.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    Get-AzureRmVM | Select-Object Id, Name | Restart-AzureRmVM -WhatIf

    Takes the VMs by ID and name, as they may stand in a file, and shows what would be done.
    .OUTPUTS
    Microsoft.Azure.Commands.Compute.Models.PSComputeLongRunningOperation
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'RestartResourceGroupNameParameterSetName', SupportsShouldProcess = $true)]
    [OutputType('Microsoft.Azure.Commands.Compute.Models.PSComputeLongRunningOperation')]
    param(
        [Parameter(ParameterSetName = 'RestartResourceGroupNameParameterSetName', Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'PerformMaintenanceResourceGroupNameParameterSetName', Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_group @args })]
        [string] $ResourceGroupName,

        [Parameter(Mandatory = $true, Position = 1, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge virtual_machine @args })]
        [string] $Name,

        [Parameter(ParameterSetName = 'RestartIdParameterSetName', Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'PerformMaintenanceIdParameterSetName', Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_id @args })]
        [string] $Id,

        [Parameter(ParameterSetName = 'PerformMaintenanceResourceGroupNameParameterSetName', Mandatory = $true, Position = 2, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'PerformMaintenanceIdParameterSetName', Mandatory = $true, Position = 2, ValueFromPipelineByPropertyName = $true)]
        [switch] $PerformMaintenance,

        [switch] $NoWait,

        [switch] $AsJob,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Restart-AzureRmVM' $PSCmdlet $PSBoundParameters
    }
}

function Get-AzureRmVMExtension {
    <#
    .SYNOPSIS
    Gets an extension of a VM.
    .DESCRIPTION
    Gets an extension that is installed on a VM, with its public settings. Protected settings are
    never told, not by Azure Resource Manager either.
    .PARAMETER ResourceGroupName
    The resource group of the VM.
    .PARAMETER VMName
    The name of the VM.
    .PARAMETER Name
    The name of the extension.
    .PARAMETER Status
    Gets what the extension says of its work too, in Statuses and SubStatuses.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Get-AzureRmVMExtension -ResourceGroupName myResourceGroup -VMName myVM -Name BGInfo

    Shows an extension.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    (Get-AzureRmVMExtension myResourceGroup myVM BGInfo -Status).Statuses

    Shows whether an extension works.
    .OUTPUTS
    Microsoft.Azure.Commands.Compute.Models.PSVirtualMachineExtension
    #>
    [CmdletBinding(PositionalBinding = $false)]
    [OutputType('Microsoft.Azure.Commands.Compute.Models.PSVirtualMachineExtension')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_group @args })]
        [string] $ResourceGroupName,

        [Parameter(Mandatory = $true, Position = 1, ValueFromPipelineByPropertyName = $true)]
        [Alias('ResourceName')]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge virtual_machine @args })]
        [string] $VMName,

        [Parameter(Mandatory = $true, Position = 2, ValueFromPipelineByPropertyName = $true)]
        [Alias('ExtensionName')]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge extension @args })]
        [string] $Name,

        [Parameter(Position = 3, ValueFromPipelineByPropertyName = $true)]
        [switch] $Status,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Get-AzureRmVMExtension' $PSCmdlet $PSBoundParameters
    }
}

function Set-AzureRmVMExtension {
    <#
    .SYNOPSIS
    Installs an extension on a VM, or changes its settings.
    .DESCRIPTION
    Installs an extension on a VM that runs, or changes the settings of one that is there, and waits
    until it has done its work. An extension that fails is an error, with what the extension said.
    .PARAMETER ResourceGroupName
    The resource group of the VM.
    .PARAMETER VMName
    The name of the VM.
    .PARAMETER Name
    The name of the extension on this VM. By default the name of its type.
    .PARAMETER Publisher
    Who publishes the extension, such as Microsoft.Compute.
    .PARAMETER ExtensionType
    The type of the extension, such as CustomScriptExtension.
    .PARAMETER TypeHandlerVersion
    The version of the extension, such as 1.10. Azure Resource Manager wants one for most
    extensions.
    .PARAMETER Location
    The location of the VM. By default it is looked up.
    .PARAMETER Settings
    The settings, which everybody may read who may read the VM.
    .PARAMETER ProtectedSettings
    The settings that only the VM may read. Values may be SecureStrings. They appear in no error and
    no log of this module.
    .PARAMETER SettingString
    The settings as JSON.
    .PARAMETER ProtectedSettingString
    The protected settings as JSON.
    .PARAMETER DisableAutoUpgradeMinorVersion
    Keeps the extension at this version. By default it gets newer minor versions.
    .PARAMETER ForceRerun
    Any text that differs from the last one. The extension runs again then, though its settings stay
    the same.
    .PARAMETER NoWait
    Returns as soon as Azure has accepted the request, and does not wait until it is carried out.
    .PARAMETER AsJob
    Runs in the background and returns the job at once. Receive-Job -Wait gets what the command
    returns.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    Set-AzureRmVMExtension -ResourceGroupName myResourceGroup -VMName twoIdentitiesVM -Name script `
        -Publisher Microsoft.Azure.Extensions -ExtensionType CustomScript -TypeHandlerVersion 2.0 `
        -Settings @{ fileUris = @() } -ProtectedSettings @{ commandToExecute = 'uptime' }

    Runs a command on a Linux VM. $credential holds the application ID and the secret of a service
    principal that may do so, $tenant the ID of its tenant.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    Set-AzureRmVMExtension myResourceGroup myVM -Publisher Microsoft.Compute -ExtensionType BGInfo `
        -Name BGInfo -TypeHandlerVersion 2.1 -SettingString '{"Position":"TopRight"}' -WhatIf

    Shows what would be done to change the settings of an extension.
    .OUTPUTS
    Microsoft.Azure.Commands.Compute.Models.PSAzureOperationResponse
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'Settings', SupportsShouldProcess = $true)]
    [OutputType('Microsoft.Azure.Commands.Compute.Models.PSAzureOperationResponse')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_group @args })]
        [string] $ResourceGroupName,

        [Parameter(Mandatory = $true, Position = 1, ValueFromPipelineByPropertyName = $true)]
        [Alias('ResourceName')]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge virtual_machine @args })]
        [string] $VMName,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [Alias('ExtensionName')]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge extension @args })]
        [string] $Name,

        [Parameter(Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [string] $Publisher,

        [Parameter(Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Type')]
        [string] $ExtensionType,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [Alias('HandlerVersion', 'Version')]
        [string] $TypeHandlerVersion,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge location @args })]
        [string] $Location,

        [Parameter(ParameterSetName = 'Settings', ValueFromPipelineByPropertyName = $true)]
        [hashtable] $Settings,

        [Parameter(ParameterSetName = 'Settings', ValueFromPipelineByPropertyName = $true)]
        [hashtable] $ProtectedSettings,

        [Parameter(ParameterSetName = 'SettingString', ValueFromPipelineByPropertyName = $true)]
        [string] $SettingString,

        [Parameter(ParameterSetName = 'SettingString', ValueFromPipelineByPropertyName = $true)]
        [string] $ProtectedSettingString,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [switch] $DisableAutoUpgradeMinorVersion,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [string] $ForceRerun,

        [switch] $NoWait,

        [switch] $AsJob,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Set-AzureRmVMExtension' $PSCmdlet $PSBoundParameters
    }
}

function Remove-AzureRmVMExtension {
    <#
    .SYNOPSIS
    Removes an extension from a VM.
    .DESCRIPTION
    Removes an extension from a VM that runs, and waits until that is done. It asks first; in a
    script say -Force. An extension that is not there is not an error.
    .PARAMETER ResourceGroupName
    The resource group of the VM.
    .PARAMETER VMName
    The name of the VM.
    .PARAMETER Name
    The name of the extension.
    .PARAMETER Force
    Does not ask.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    Remove-AzureRmVMExtension -ResourceGroupName myResourceGroup -VMName myVM -Name BGInfo -Force

    Removes an extension. $credential holds the application ID and the secret of a service principal
    that may do so, $tenant the ID of its tenant.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    Get-AzureRmVMExtension myResourceGroup myVM ManagedIdentityExtensionForWindows | Remove-AzureRmVMExtension -WhatIf

    Shows what would be done to remove an extension that is passed on by the pipeline.
    .OUTPUTS
    Microsoft.Azure.Commands.Compute.Models.PSAzureOperationResponse
    #>
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true)]
    [OutputType('Microsoft.Azure.Commands.Compute.Models.PSAzureOperationResponse')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_group @args })]
        [string] $ResourceGroupName,

        [Parameter(Mandatory = $true, Position = 1, ValueFromPipelineByPropertyName = $true)]
        [Alias('ResourceName')]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge virtual_machine @args })]
        [string] $VMName,

        [Parameter(Mandatory = $true, Position = 2, ValueFromPipelineByPropertyName = $true)]
        [Alias('ExtensionName')]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge extension @args })]
        [string] $Name,

        [switch] $Force,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Remove-AzureRmVMExtension' $PSCmdlet $PSBoundParameters
    }
}

function Get-AzureRmResourceGroup {
    <#
    .SYNOPSIS
    Gets resource groups of the current subscription.
    .DESCRIPTION
    Gets the resource groups that the signed-in account may read, one by one as they arrive, or the
    one of a name. An ID names its subscription too.
    .PARAMETER Name
    Gets the resource group of this name; with wildcards, those whose name fits.
    .PARAMETER Location
    Gets the resource groups of this location only.
    .PARAMETER Id
    Gets the resource group of this ID.
    .PARAMETER Tag
    Gets the resource groups with these tags, as in @{ environment = 'demo' }. A name with $null as
    its value fits any value.
    .PARAMETER ApiVersion
    The version of ARM's API to ask. By default the one that pybridge was made for.
    .PARAMETER Pre
    Accepted and not used, as the version is fixed.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Get-AzureRmResourceGroup

    Lists the resource groups.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Get-AzureRmResourceGroup my* -Tag @{ environment = 'demo' } | Get-AzureRmVM

    Lists the VMs of each resource group whose name begins with my and that has the tag.
    .OUTPUTS
    Microsoft.Azure.Commands.ResourceManager.Cmdlets.SdkModels.PSResourceGroup
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'GetByResourceGroupName')]
    [OutputType('Microsoft.Azure.Commands.ResourceManager.Cmdlets.SdkModels.PSResourceGroup')]
    param(
        [Parameter(ParameterSetName = 'GetByResourceGroupName', Position = 0, ValueFromPipelineByPropertyName = $true)]
        [Alias('ResourceGroupName')]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_group @args })]
        [string] $Name,

        [Parameter(Position = 1, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge location @args })]
        [string] $Location,

        [Parameter(ParameterSetName = 'GetByResourceGroupId', ValueFromPipelineByPropertyName = $true)]
        [Alias('ResourceGroupId', 'ResourceId')]
        [string] $Id,

        [Parameter(ParameterSetName = 'GetByResourceGroupName', ValueFromPipelineByPropertyName = $true)]
        [hashtable] $Tag,

        [string] $ApiVersion,

        [switch] $Pre,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Get-AzureRmResourceGroup' $PSCmdlet $PSBoundParameters
    }
}

function New-AzureRmResourceGroup {
    <#
    .SYNOPSIS
    Creates a resource group.
    .DESCRIPTION
    Creates a resource group. Where there is one of that name, it asks first, and tells which tags
    would be lost; in a script say -Force. The tags of an existing group are replaced by those of
    -Tag, and kept without it. What is in the group stays.
    .PARAMETER Name
    The name of the resource group.
    .PARAMETER Location
    Where it is, such as eastus or "East US".
    .PARAMETER Tag
    Its tags, as in @{ environment = 'demo' }. All of them, where the group exists already.
    .PARAMETER Force
    Does not ask where the resource group exists already.
    .PARAMETER ApiVersion
    The version of ARM's API to ask. By default the one that pybridge was made for.
    .PARAMETER Pre
    Accepted and not used, as the version is fixed.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    New-AzureRmResourceGroup -Name exampleGroup -Location 'West Europe'

    Creates a resource group, signed in as an application: $credential holds its application ID and
    its secret, $tenant the ID of its tenant.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    New-AzureRmResourceGroup exampleGroup westeurope -Tag @{ environment = 'test' } -Force

    Creates a resource group with a tag. If it exists already, it gets the tag.
    .OUTPUTS
    Microsoft.Azure.Commands.ResourceManager.Cmdlets.SdkModels.PSResourceGroup
    #>
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true)]
    [OutputType('Microsoft.Azure.Commands.ResourceManager.Cmdlets.SdkModels.PSResourceGroup')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [Alias('ResourceGroupName')]
        [string] $Name,

        [Parameter(Mandatory = $true, Position = 1, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge location @args })]
        [string] $Location,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [Alias('Tags')]
        [hashtable] $Tag,

        [switch] $Force,

        [string] $ApiVersion,

        [switch] $Pre,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'New-AzureRmResourceGroup' $PSCmdlet $PSBoundParameters
    }
}

function Remove-AzureRmResourceGroup {
    <#
    .SYNOPSIS
    Removes a resource group and all that is in it.
    .DESCRIPTION
    Removes a resource group with every resource in it, and waits until they are gone, which may
    take many minutes. It asks first, unless -Force is given. Returns $true.
    .PARAMETER Name
    The name of the resource group.
    .PARAMETER Id
    The ID of the resource group.
    .PARAMETER Force
    Does not ask.
    .PARAMETER ApiVersion
    The version of ARM's API to ask. By default the one that pybridge was made for.
    .PARAMETER Pre
    Accepted and not used, as the version is fixed.
    .PARAMETER AsJob
    Runs in the background and returns the job at once. Receive-Job -Wait gets what the command
    returns.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    New-AzureRmResourceGroup exampleGroup westeurope -Force
    Remove-AzureRmResourceGroup -Name exampleGroup -Force

    Removes a resource group without asking. $credential and $tenant are those of an application
    that may.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    Get-AzureRmResourceGroup | Remove-AzureRmResourceGroup -WhatIf

    Shows which resource groups would be removed, and removes none.
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'RemoveByResourceGroupName', SupportsShouldProcess = $true)]
    [OutputType()]
    param(
        [Parameter(ParameterSetName = 'RemoveByResourceGroupName', Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [Alias('ResourceGroupName')]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_group @args })]
        [string] $Name,

        [Parameter(ParameterSetName = 'RemoveByResourceGroupId', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('ResourceGroupId', 'ResourceId')]
        [string] $Id,

        [switch] $Force,

        [string] $ApiVersion,

        [switch] $Pre,

        [switch] $AsJob,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Remove-AzureRmResourceGroup' $PSCmdlet $PSBoundParameters
    }
}

function Get-AzureRmResource {
    <#
    .SYNOPSIS
    Gets resources of any type.
    .DESCRIPTION
    Gets the resources of the current subscription that the signed-in account may read and that fit,
    or the one of an ID. A list does not tell the properties of its items: -ExpandProperties asks
    for them, which is a request for each.
    .PARAMETER Name
    Gets the resources of this name; with wildcards, those whose name fits.
    .PARAMETER ResourceType
    Gets resources of this type only, such as Microsoft.Compute/virtualMachines; it may have
    wildcards.
    .PARAMETER ResourceGroupName
    Gets the resources of this resource group; with wildcards, those of each that fits.
    .PARAMETER ODataQuery
    A condition that ARM itself looks for, beside the others, such as "substringof('web', name)".
    Conditions on tags make ARM leave the tags out of its answer.
    .PARAMETER TagName
    Gets the resources that have a tag of this name.
    .PARAMETER TagValue
    Gets the resources that have a tag of this value; its case counts.
    .PARAMETER Tag
    Gets the resources with these tags, as in @{ role = 'web' }. A name with $null as its value fits
    any value. AzureRM's first form, @{ Name = 'role'; Value = 'web' }, is understood too.
    .PARAMETER ResourceId
    Gets the resource of this ID, with its properties.
    .PARAMETER ExpandProperties
    Gets the properties of each resource too.
    .PARAMETER ApiVersion
    The version of the API of the resource's type, for its properties. By default the newest that is
    final, as the resource provider tells it.
    .PARAMETER Pre
    Takes a version that is not final yet, where that is the newest.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Get-AzureRmResource -ResourceType Microsoft.Compute/virtualMachines -Name my*

    Lists the VMs whose name begins with my.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    $vm = Get-AzureRmResource -ResourceGroupName myResourceGroup -TagName role -TagValue web -ExpandProperties
    $vm.Properties.hardwareProfile.vmSize

    Gets the resource with a tag, and something of its properties.
    .OUTPUTS
    Microsoft.Azure.Commands.ResourceManager.Cmdlets.SdkModels.PSResource
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'ByTagNameValueParameterSet')]
    [OutputType('Microsoft.Azure.Commands.ResourceManager.Cmdlets.SdkModels.PSResource')]
    param(
        [Parameter(ParameterSetName = 'ByTagNameValueParameterSet', Position = 0)]
        [Parameter(ParameterSetName = 'ByTagObjectParameterSet', Position = 0)]
        [Alias('ResourceName')]
        [string] $Name,

        [Parameter(ParameterSetName = 'ByTagNameValueParameterSet')]
        [Parameter(ParameterSetName = 'ByTagObjectParameterSet')]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_type @args })]
        [string] $ResourceType,

        [Parameter(ParameterSetName = 'ByTagNameValueParameterSet')]
        [Parameter(ParameterSetName = 'ByTagObjectParameterSet')]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_group @args })]
        [string] $ResourceGroupName,

        [Parameter(ParameterSetName = 'ByTagNameValueParameterSet')]
        [Parameter(ParameterSetName = 'ByTagObjectParameterSet')]
        [string] $ODataQuery,

        [Parameter(ParameterSetName = 'ByTagNameValueParameterSet')]
        [string] $TagName,

        [Parameter(ParameterSetName = 'ByTagNameValueParameterSet')]
        [string] $TagValue,

        [Parameter(ParameterSetName = 'ByTagObjectParameterSet', Mandatory = $true)]
        [hashtable] $Tag,

        [Parameter(ParameterSetName = 'ByResourceId', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Id')]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_id @args })]
        [string] $ResourceId,

        [switch] $ExpandProperties,

        [string] $ApiVersion,

        [switch] $Pre,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Get-AzureRmResource' $PSCmdlet $PSBoundParameters
    }
}

function Get-AzureRmRoleDefinition {
    <#
    .SYNOPSIS
    Gets roles, and what they permit.
    .DESCRIPTION
    Gets the roles that can be assigned at a scope, by default at the current subscription. Actions
    are patterns of what a role permits, NotActions what is taken out of them.
    .PARAMETER Name
    Gets the role of this name; with wildcards, those whose name fits.
    .PARAMETER Id
    Gets the role with this GUID.
    .PARAMETER Scope
    Gets the roles that can be assigned here. The ID of a subscription, a resource group or a
    resource.
    .PARAMETER Custom
    Gets only the roles that the tenant has made for itself.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    (Get-AzureRmRoleDefinition Reader).Actions

    Shows what the role Reader permits. $credential and $tenant are those of an application with a
    role at the subscription.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Get-AzureRmRoleDefinition 'Virtual Machine*' -Scope (Get-AzureRmResourceGroup myResourceGroup).ResourceId

    Lists the roles around VMs that can be assigned at a resource group.
    .OUTPUTS
    Microsoft.Azure.Commands.Resources.Models.Authorization.PSRoleDefinition
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'RoleDefinitionNameParameterSet')]
    [OutputType('Microsoft.Azure.Commands.Resources.Models.Authorization.PSRoleDefinition')]
    param(
        [Parameter(ParameterSetName = 'RoleDefinitionNameParameterSet', Position = 0, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge role @args })]
        [string] $Name,

        [Parameter(ParameterSetName = 'RoleDefinitionIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [string] $Id,

        [Parameter(ValueFromPipeline = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_id @args })]
        [string] $Scope,

        [Parameter(ParameterSetName = 'RoleDefinitionCustomParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [switch] $Custom,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Get-AzureRmRoleDefinition' $PSCmdlet $PSBoundParameters
    }
}

function Get-AzureRmRoleAssignment {
    <#
    .SYNOPSIS
    Gets who has which role where.
    .DESCRIPTION
    Gets role assignments. Without a scope, those at, above and below the current subscription; with
    one, what counts there, which is what was assigned at it or above it. DisplayName is told for
    user-assigned identities only, as other names stand in the directory; ObjectType tells what the
    principal is.
    .PARAMETER ObjectId
    The object ID (principal ID) of a user, a group, an application or a managed identity. Gets what
    is assigned to it.
    .PARAMETER SignInName
    The sign-in name of a user. Only the caller's own is known here, as names stand in the
    directory. Use -ObjectId.
    .PARAMETER ServicePrincipalName
    The application ID (client ID) of an application or a managed identity. Known are those of user-
    assigned identities that ARM shows, and the caller's own. For others use -ObjectId.
    .PARAMETER ResourceGroupName
    The resource group. With -ResourceName and -ResourceType, that of the resource.
    .PARAMETER ResourceName
    The name of the resource.
    .PARAMETER ResourceType
    The type of the resource, such as Microsoft.Compute/virtualMachines.
    .PARAMETER ParentResource
    What the resource is inside of, by type and name, such as virtualNetworks/net01.
    .PARAMETER RoleDefinitionName
    Gets assignments of this role only; it may have wildcards.
    .PARAMETER RoleDefinitionId
    Gets assignments of the role with this GUID only.
    .PARAMETER Scope
    Gets what counts at this scope, which is what was assigned at it or above it. The ID of a
    subscription, a resource group or a resource.
    .PARAMETER ExpandPrincipalGroups
    Gets what is assigned to the groups of the principal too.
    .PARAMETER IncludeClassicAdministrators
    Accepted, and warned about, as Azure has had no classic administrators since 31 August 2024.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Get-AzureRmRoleAssignment -ResourceGroupName myResourceGroup

    Lists who has a role at a resource group, be it from above.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Get-AzureRmRoleAssignment -ObjectId (Get-MsiIdentity).ObjectId | Select-Object RoleDefinitionName, Scope

    Shows what this machine's managed identity may do, and where.
    .OUTPUTS
    Microsoft.Azure.Commands.Resources.Models.Authorization.PSRoleAssignment
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'EmptyParameterSet')]
    [OutputType('Microsoft.Azure.Commands.Resources.Models.Authorization.PSRoleAssignment')]
    param(
        [Parameter(ParameterSetName = 'ObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceGroupWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'RoleIdWithScopeAndObjectIdParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Alias('Id', 'PrincipalId')]
        [guid] $ObjectId,

        [Parameter(ParameterSetName = 'ResourceGroupWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'SignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Email', 'UserPrincipalName')]
        [string] $SignInName,

        [Parameter(ParameterSetName = 'ResourceGroupWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'SPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('SPN')]
        [string] $ServicePrincipalName,

        [Parameter(ParameterSetName = 'ResourceGroupWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceGroupWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceGroupWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceGroupParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_group @args })]
        [string] $ResourceGroupName,

        [Parameter(ParameterSetName = 'ResourceWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [string] $ResourceName,

        [Parameter(ParameterSetName = 'ResourceWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_type @args })]
        [string] $ResourceType,

        [Parameter(ParameterSetName = 'ResourceWithObjectIdParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSignInNameParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSPNParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceParameterSet', ValueFromPipelineByPropertyName = $true)]
        [string] $ParentResource,

        [Parameter(ParameterSetName = 'EmptyParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ObjectIdParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceGroupWithObjectIdParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithObjectIdParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithObjectIdParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceGroupWithSignInNameParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSignInNameParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithSignInNameParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'SignInNameParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceGroupWithSPNParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSPNParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithSPNParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'SPNParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceGroupParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeParameterSet', ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge role @args })]
        [string] $RoleDefinitionName,

        [Parameter(ParameterSetName = 'RoleIdWithScopeAndObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [string] $RoleDefinitionId,

        [Parameter(ParameterSetName = 'ScopeWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'RoleIdWithScopeAndObjectIdParameterSet', ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_id @args })]
        [string] $Scope,

        [Parameter(ParameterSetName = 'ObjectIdParameterSet')]
        [Parameter(ParameterSetName = 'SignInNameParameterSet')]
        [switch] $ExpandPrincipalGroups,

        [Parameter(ParameterSetName = 'EmptyParameterSet')]
        [Parameter(ParameterSetName = 'ObjectIdParameterSet')]
        [Parameter(ParameterSetName = 'ResourceGroupWithObjectIdParameterSet')]
        [Parameter(ParameterSetName = 'ResourceWithObjectIdParameterSet')]
        [Parameter(ParameterSetName = 'ScopeWithObjectIdParameterSet')]
        [Parameter(ParameterSetName = 'ResourceGroupWithSignInNameParameterSet')]
        [Parameter(ParameterSetName = 'ResourceWithSignInNameParameterSet')]
        [Parameter(ParameterSetName = 'ScopeWithSignInNameParameterSet')]
        [Parameter(ParameterSetName = 'SignInNameParameterSet')]
        [Parameter(ParameterSetName = 'ResourceGroupWithSPNParameterSet')]
        [Parameter(ParameterSetName = 'ResourceWithSPNParameterSet')]
        [Parameter(ParameterSetName = 'ScopeWithSPNParameterSet')]
        [Parameter(ParameterSetName = 'SPNParameterSet')]
        [Parameter(ParameterSetName = 'ResourceGroupParameterSet')]
        [Parameter(ParameterSetName = 'ResourceParameterSet')]
        [Parameter(ParameterSetName = 'ScopeParameterSet')]
        [switch] $IncludeClassicAdministrators,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Get-AzureRmRoleAssignment' $PSCmdlet $PSBoundParameters
    }
}

function New-AzureRmRoleAssignment {
    <#
    .SYNOPSIS
    Gives a principal a role.
    .DESCRIPTION
    Assigns a role at a scope, where it counts for all below, too. A principal that was made just
    now is not known everywhere at once: this waits up to two minutes for it. A role that the
    principal has at that very scope already is an error of the category ResourceExists, which names
    the assignment.
    .PARAMETER ObjectId
    The object ID (principal ID) of a user, a group, an application or a managed identity.
    .PARAMETER SignInName
    The sign-in name of a user. Only the caller's own is known here, as names stand in the
    directory. Use -ObjectId.
    .PARAMETER ApplicationId
    The application ID (client ID) of an application or a managed identity. Known are those of user-
    assigned identities that ARM shows, and the caller's own. For others use -ObjectId.
    .PARAMETER ResourceGroupName
    The resource group. With -ResourceName and -ResourceType, that of the resource.
    .PARAMETER ResourceName
    The name of the resource.
    .PARAMETER ResourceType
    The type of the resource, such as Microsoft.Compute/virtualMachines.
    .PARAMETER ParentResource
    What the resource is inside of, by type and name, such as virtualNetworks/net01.
    .PARAMETER Scope
    Where the role counts, it and all below it. The ID of a subscription, a resource group or a
    resource. With -ObjectId, it or -ResourceGroupName must be said; else it is the current
    subscription by default.
    .PARAMETER RoleDefinitionName
    The role, such as Reader. Get-AzureRmRoleDefinition lists them.
    .PARAMETER RoleDefinitionId
    The GUID of the role.
    .PARAMETER AllowDelegation
    Accepted, and warned about, as Azure no longer has assignments that can be passed on.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    $vm = Get-AzureRmVM -ResourceGroupName myResourceGroup -Name noRoleVM
    New-AzureRmRoleAssignment -ObjectId $vm.Identity.PrincipalId -RoleDefinitionName Reader -ResourceGroupName myResourceGroup

    Lets a VM's managed identity read its resource group. $credential and $tenant are those of an
    application that may assign roles, such as an Owner.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    $identity = Get-AzureRmUserAssignedIdentity -ResourceGroupName myResourceGroup -Name jobIdentity
    $scope = (Get-AzureRmVM -ResourceGroupName myResourceGroup -Name myVM).Id
    New-AzureRmRoleAssignment -ApplicationId $identity.ClientId -RoleDefinitionName 'Virtual Machine Contributor' -Scope $scope

    Lets a user-assigned identity manage one VM.
    .OUTPUTS
    Microsoft.Azure.Commands.Resources.Models.Authorization.PSRoleAssignment
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'EmptyParameterSet', SupportsShouldProcess = $true)]
    [OutputType('Microsoft.Azure.Commands.Resources.Models.Authorization.PSRoleAssignment')]
    param(
        [Parameter(ParameterSetName = 'EmptyParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceGroupWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'RoleIdWithScopeAndObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Id', 'PrincipalId')]
        [guid] $ObjectId,

        [Parameter(ParameterSetName = 'ResourceGroupWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Email', 'UserPrincipalName')]
        [string] $SignInName,

        [Parameter(ParameterSetName = 'ResourceGroupWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('SPN', 'ServicePrincipalName')]
        [string] $ApplicationId,

        [Parameter(ParameterSetName = 'ResourceGroupWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceGroupWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceGroupWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_group @args })]
        [string] $ResourceGroupName,

        [Parameter(ParameterSetName = 'ResourceWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [string] $ResourceName,

        [Parameter(ParameterSetName = 'ResourceWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_type @args })]
        [string] $ResourceType,

        [Parameter(ParameterSetName = 'ResourceWithObjectIdParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSignInNameParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSPNParameterSet', ValueFromPipelineByPropertyName = $true)]
        [string] $ParentResource,

        [Parameter(ParameterSetName = 'RoleIdWithScopeAndObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'EmptyParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithObjectIdParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithSignInNameParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithSPNParameterSet', ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_id @args })]
        [string] $Scope,

        [Parameter(ParameterSetName = 'EmptyParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceGroupWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceGroupWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceGroupWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge role @args })]
        [string] $RoleDefinitionName,

        [Parameter(ParameterSetName = 'RoleIdWithScopeAndObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [string] $RoleDefinitionId,

        [switch] $AllowDelegation,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'New-AzureRmRoleAssignment' $PSCmdlet $PSBoundParameters
    }
}

function Remove-AzureRmRoleAssignment {
    <#
    .SYNOPSIS
    Takes a role from a principal.
    .DESCRIPTION
    Removes a role assignment, where it was made: at the scope that is named, by default the current
    subscription. What was assigned above that scope stays.
    .PARAMETER ObjectId
    The object ID (principal ID) of a user, a group, an application or a managed identity.
    .PARAMETER SignInName
    The sign-in name of a user. Only the caller's own is known here, as names stand in the
    directory. Use -ObjectId.
    .PARAMETER ServicePrincipalName
    The application ID (client ID) of an application or a managed identity. Known are those of user-
    assigned identities that ARM shows, and the caller's own. For others use -ObjectId.
    .PARAMETER ResourceGroupName
    The resource group. With -ResourceName and -ResourceType, that of the resource.
    .PARAMETER ResourceName
    The name of the resource.
    .PARAMETER ResourceType
    The type of the resource, such as Microsoft.Compute/virtualMachines.
    .PARAMETER ParentResource
    What the resource is inside of, by type and name, such as virtualNetworks/net01.
    .PARAMETER Scope
    Where the role was given, by default at the current subscription. The ID of a subscription, a
    resource group or a resource.
    .PARAMETER RoleDefinitionName
    The role, such as Reader.
    .PARAMETER RoleDefinitionId
    The GUID of the role.
    .PARAMETER InputObject
    An assignment, as Get-AzureRmRoleAssignment returns it.
    .PARAMETER PassThru
    Returns the assignment that was removed.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    $id = (Get-AzureRmVM -ResourceGroupName myResourceGroup -Name noRoleVM).Identity.PrincipalId
    $scope = '/subscriptions/' + (Get-AzureRmContext).Subscription.Id
    New-AzureRmRoleAssignment -ObjectId $id -RoleDefinitionName Reader -Scope $scope
    Remove-AzureRmRoleAssignment -ObjectId $id -RoleDefinitionName Reader

    Gives a role at the subscription, and takes it again. $credential and $tenant are those of an
    application that may assign roles.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    $id = (Get-AzureRmVM -ResourceGroupName myResourceGroup -Name noRoleVM).Identity.PrincipalId
    New-AzureRmRoleAssignment -ObjectId $id -RoleDefinitionName Reader -ResourceGroupName myResourceGroup
    Get-AzureRmRoleAssignment -ObjectId $id | Remove-AzureRmRoleAssignment

    Takes all roles from a principal.
    .OUTPUTS
    Microsoft.Azure.Commands.Resources.Models.Authorization.PSRoleAssignment
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'EmptyParameterSet', SupportsShouldProcess = $true)]
    [OutputType('Microsoft.Azure.Commands.Resources.Models.Authorization.PSRoleAssignment')]
    param(
        [Parameter(ParameterSetName = 'EmptyParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceGroupWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'RoleIdWithScopeAndObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Id', 'PrincipalId')]
        [guid] $ObjectId,

        [Parameter(ParameterSetName = 'ResourceGroupWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Email', 'UserPrincipalName')]
        [string] $SignInName,

        [Parameter(ParameterSetName = 'ResourceGroupWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('SPN')]
        [string] $ServicePrincipalName,

        [Parameter(ParameterSetName = 'EmptyParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceGroupWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceGroupWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceGroupWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_group @args })]
        [string] $ResourceGroupName,

        [Parameter(ParameterSetName = 'EmptyParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [string] $ResourceName,

        [Parameter(ParameterSetName = 'EmptyParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_type @args })]
        [string] $ResourceType,

        [Parameter(ParameterSetName = 'EmptyParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithObjectIdParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSignInNameParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSPNParameterSet', ValueFromPipelineByPropertyName = $true)]
        [string] $ParentResource,

        [Parameter(ParameterSetName = 'EmptyParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithObjectIdParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'RoleIdWithScopeAndObjectIdParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithSignInNameParameterSet', ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithSPNParameterSet', ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_id @args })]
        [string] $Scope,

        [Parameter(ParameterSetName = 'EmptyParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceGroupWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceGroupWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithSignInNameParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceGroupWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ResourceWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'ScopeWithSPNParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge role @args })]
        [string] $RoleDefinitionName,

        [Parameter(ParameterSetName = 'RoleIdWithScopeAndObjectIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [string] $RoleDefinitionId,

        [Parameter(ParameterSetName = 'RoleAssignmentParameterSet', Mandatory = $true, Position = 0, ValueFromPipeline = $true)]
        [psobject] $InputObject,

        [switch] $PassThru,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Remove-AzureRmRoleAssignment' $PSCmdlet $PSBoundParameters
    }
}

function Get-AzureRmUserAssignedIdentity {
    <#
    .SYNOPSIS
    Gets user-assigned identities.
    .DESCRIPTION
    Gets one user-assigned identity, those of a resource group, or all of the current subscription
    that the signed-in account may read. PrincipalId is the object ID that roles are granted to,
    ClientId what a token is asked for by.
    .PARAMETER ResourceGroupName
    The resource group to look in.
    .PARAMETER Name
    Gets the identity of this name; with wildcards, those whose name fits.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Get-AzureRmUserAssignedIdentity

    Lists the identities of the subscription.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    (Get-AzureRmUserAssignedIdentity -ResourceGroupName myResourceGroup -Name appIdentity).PrincipalId

    Gets the object ID of an identity.
    .OUTPUTS
    Microsoft.Azure.Commands.ManagedServiceIdentity.Models.PsUserAssignedIdentity
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'SuscriptionParameterSet')]
    [OutputType('Microsoft.Azure.Commands.ManagedServiceIdentity.Models.PsUserAssignedIdentity')]
    param(
        [Parameter(ParameterSetName = 'ResourceGroupParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_group @args })]
        [string] $ResourceGroupName,

        [Parameter(ParameterSetName = 'ResourceGroupParameterSet', ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge identity @args })]
        [string] $Name,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Get-AzureRmUserAssignedIdentity' $PSCmdlet $PSBoundParameters
    }
}

function New-AzureRmUserAssignedIdentity {
    <#
    .SYNOPSIS
    Creates a user-assigned identity.
    .DESCRIPTION
    Creates an identity that lives as long as nobody removes it, and that VMs can share. It has no
    role yet, and no VM. An existing identity gets the tags.
    .PARAMETER ResourceGroupName
    The name of the resource group.
    .PARAMETER Name
    The name of the identity.
    .PARAMETER Location
    Where it is kept. By default the location of the resource group.
    .PARAMETER Tag
    Its tags, as in @{ environment = 'demo' }.
    .PARAMETER AsJob
    Runs in the background and returns the job at once. Receive-Job -Wait gets what the command
    returns.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    New-AzureRmUserAssignedIdentity -ResourceGroupName myResourceGroup -Name exampleIdentity

    Creates an identity. $credential and $tenant are those of an application that may, such as a
    Contributor.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    $identity = New-AzureRmUserAssignedIdentity myResourceGroup readerIdentity -Tag @{ team = 'web' }
    New-AzureRmRoleAssignment -ObjectId $identity.PrincipalId -RoleDefinitionName Reader -ResourceGroupName myResourceGroup

    Creates an identity and lets it read a resource group.
    .OUTPUTS
    Microsoft.Azure.Commands.ManagedServiceIdentity.Models.PsUserAssignedIdentity
    #>
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true)]
    [OutputType('Microsoft.Azure.Commands.ManagedServiceIdentity.Models.PsUserAssignedIdentity')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_group @args })]
        [string] $ResourceGroupName,

        [Parameter(Mandatory = $true, Position = 1, ValueFromPipelineByPropertyName = $true)]
        [string] $Name,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge location @args })]
        [string] $Location,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [hashtable] $Tag,

        [switch] $AsJob,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'New-AzureRmUserAssignedIdentity' $PSCmdlet $PSBoundParameters
    }
}

function Remove-AzureRmUserAssignedIdentity {
    <#
    .SYNOPSIS
    Removes a user-assigned identity.
    .DESCRIPTION
    Removes an identity. VMs that use it get no more tokens for it, and its role assignments are of
    no use any more. It asks first, unless -Force is given. Returns $true.
    .PARAMETER ResourceGroupName
    The name of the resource group.
    .PARAMETER Name
    The name of the identity.
    .PARAMETER InputObject
    The identity, as Get-AzureRmUserAssignedIdentity returns it, or a row with its Id or ResourceId.
    .PARAMETER ResourceId
    The ID of the identity.
    .PARAMETER Force
    Does not ask.
    .PARAMETER AsJob
    Runs in the background and returns the job at once. Receive-Job -Wait gets what the command
    returns.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    New-AzureRmUserAssignedIdentity myResourceGroup exampleIdentity | Remove-AzureRmUserAssignedIdentity -Force

    Creates an identity, and removes it again without asking. $credential and $tenant are those of
    an application that may.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    Remove-AzureRmUserAssignedIdentity -ResourceGroupName myResourceGroup -Name jobIdentity -WhatIf

    Shows what would be removed, and removes nothing.
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'ResourceGroupAndNameParameterSet', SupportsShouldProcess = $true)]
    [OutputType()]
    param(
        [Parameter(ParameterSetName = 'ResourceGroupAndNameParameterSet', Mandatory = $true, Position = 0)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_group @args })]
        [string] $ResourceGroupName,

        [Parameter(ParameterSetName = 'ResourceGroupAndNameParameterSet', Mandatory = $true, Position = 1)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge identity @args })]
        [string] $Name,

        [Parameter(ParameterSetName = 'InputObjectParameterSet', Mandatory = $true, ValueFromPipeline = $true)]
        [Alias('Identity')]
        [psobject] $InputObject,

        [Parameter(ParameterSetName = 'ResourceIdParameterSet', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [string] $ResourceId,

        [switch] $Force,

        [switch] $AsJob,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Remove-AzureRmUserAssignedIdentity' $PSCmdlet $PSBoundParameters
    }
}

function Invoke-AzureRmRestMethod {
    <#
    .SYNOPSIS
    Sends any request to Azure Resource Manager.
    .DESCRIPTION
    Sends a request as the signed-in account, with its token, which is renewed by itself. Returns
    the answer with its StatusCode, Headers, Content and RequestId; with -AsObject the JSON of the
    answer as an object, with -FollowNextLink the items of a list, page by page as they are wanted.
    A change is waited for until it has ended, as long as that takes, and Content is the resource as
    it is then; -NoWait returns at once. An answer that is not 2xx is an error, with ARM's own code
    and message. Throttled requests are sent again after the time that ARM asks for.
    .PARAMETER Path
    The path, which begins with /, such as /subscriptions/{subscription}/resourceGroups: the current
    subscription is put in. It may have a query, as in ?api-version=2021-04-01.
    .PARAMETER Uri
    The same with the address of Azure Resource Manager in front. Other addresses are refused.
    .PARAMETER Method
    By default GET.
    .PARAMETER Payload
    What to send. A hashtable or an object is written as JSON; text must be JSON.
    .PARAMETER ApiVersion
    The version of the API, where the path does not have it.
    .PARAMETER FollowNextLink
    Returns the items of a list, of this page and all further ones.
    .PARAMETER AsObject
    Returns the JSON of the answer as an object.
    .PARAMETER NoWait
    Returns as soon as Azure has accepted the request, and does not wait until it is carried out.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    $path = '/subscriptions/{subscription}/resourceGroups'
    Invoke-AzureRmRestMethod $path -ApiVersion 2021-04-01 -FollowNextLink | Select-Object name, location

    Lists the resource groups, however many pages they take.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    $path = '/subscriptions/{subscription}/resourceGroups/otherResourceGroup?api-version=2021-04-01'
    Invoke-AzureRmRestMethod $path -Method PATCH -Payload @{ tags = @{ team = 'web' } } -AsObject

    Sets the tags of a resource group. $credential and $tenant are those of an application that may,
    such as a Contributor.
    .OUTPUTS
    PyBridge.RestResponse
    .OUTPUTS
    PyBridge.ArmObject
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'ByPath', SupportsShouldProcess = $true)]
    [OutputType('PyBridge.RestResponse', 'PyBridge.ArmObject')]
    param(
        [Parameter(ParameterSetName = 'ByPath', Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [string] $Path,

        [Parameter(ParameterSetName = 'ByUri', Mandatory = $true)]
        [string] $Uri,

        [ValidateSet('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE')]
        [string] $Method,

        [psobject] $Payload,

        [string] $ApiVersion,

        [switch] $FollowNextLink,

        [switch] $AsObject,

        [switch] $NoWait,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Invoke-AzureRmRestMethod' $PSCmdlet $PSBoundParameters
    }
}

function Enable-Msi {
    <#
    .SYNOPSIS
    Turns the managed identity of a VM on, and grants it a role.
    .DESCRIPTION
    Does what a VM needs before Connect-AzureRmAccount -Identity works on it: turns its
    system-assigned identity on and, with -Role, grants that a role, waiting for the new identity to
    be known. All other identities of the VM stay, and what is there already is left as it is, so
    that it can be run again. Tokens come from IMDS, which every VM has; for scripts that ask port
    50342, pybridge serve answers there in place of the VM extension, which is retired. The
    signed-in account needs to be Virtual Machine Contributor for the first, and Owner or User
    Access Administrator at the scope for the second.
    .PARAMETER ResourceGroupName
    The resource group of the VM.
    .PARAMETER Name
    The name of the VM.
    .PARAMETER IdentityId
    The IDs of user-assigned identities that the VM gets instead, beside those that it has. Its
    system-assigned identity stays as it is.
    .PARAMETER Role
    The role to grant, such as Reader, by its name or GUID. Without it, none is granted.
    .PARAMETER Scope
    Where the role is granted. The ID of a subscription, a resource group or a resource. By default
    the resource group of the VM.
    .PARAMETER AsJob
    Runs in the background and returns the job at once. Receive-Job -Wait gets what the command
    returns.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned, in this session or in another.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    Enable-Msi -ResourceGroupName myResourceGroup -Name msiOffVM -Role Reader

    Lets a VM read its resource group. $credential and $tenant are those of an application that may
    turn identities on and grant roles.
    .EXAMPLE
    Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant
    Get-AzureRmVM -ResourceGroupName myResourceGroup | Enable-Msi -WhatIf

    Shows for which VMs of a resource group this would be done, and changes nothing.
    .OUTPUTS
    PyBridge.EnabledIdentity
    #>
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true)]
    [OutputType('PyBridge.EnabledIdentity')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_group @args })]
        [string] $ResourceGroupName,

        [Parameter(Mandatory = $true, Position = 1, ValueFromPipelineByPropertyName = $true)]
        [Alias('ResourceName', 'VMName')]
        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge virtual_machine @args })]
        [string] $Name,

        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge identity @args })]
        [string[]] $IdentityId,

        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge role @args })]
        [string] $Role,

        [ArgumentCompleter({ & (Get-Module PyBridge) Complete-PyBridge resource_id @args })]
        [string] $Scope,

        [switch] $AsJob,

        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Enable-Msi' $PSCmdlet $PSBoundParameters
    }
}
