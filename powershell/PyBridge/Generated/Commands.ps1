# Generated from commands.yaml by "python -m pybridge generate". Do not edit.
# Help, parameters and one call each: what a command does is decided by the operation that it names in $Commands.

function Get-MsiToken {
    <#
    .SYNOPSIS
    Gets an access token of this machine's managed identity.
    .DESCRIPTION
    Asks the managed identity endpoint of this machine (IMDS on an Azure VM, App Service, Azure Arc
    and others, or the MSI VM extension on port 50342) for an access token. No password is needed.
    Tokens are cached until shortly before they expire. The token is a SecureString; -AsPlainText
    returns the bare string instead.
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
    Returns the token as a plain string. Take care where it goes.
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
    .OUTPUTS
    PyBridge.AccessToken
    #>
    [CmdletBinding()]
    [OutputType('PyBridge.AccessToken')]
    param(
        [Parameter(Position = 0)]
        [ArgumentCompleter({ param($c, $p, $word) 'ResourceManager', 'KeyVault', 'Storage', 'Sql', 'EventHubs', 'ServiceBus', 'CosmosDb', 'DataLake', 'MicrosoftGraph', 'ManagedHsm', 'Batch', 'LogAnalytics', 'Synapse', 'Attestation', 'Purview', 'AppConfiguration', 'Redis', 'Aks', 'ServiceManagement', 'AzureADGraph', 'https://management.azure.com/', 'https://vault.azure.net', 'https://storage.azure.com/', 'https://database.windows.net/', 'https://eventhubs.azure.net', 'https://servicebus.azure.net', 'https://cosmos.azure.com', 'https://datalake.azure.net/', 'https://graph.microsoft.com/', 'https://managedhsm.azure.net', 'https://batch.core.windows.net/', 'https://api.loganalytics.io', 'https://dev.azuresynapse.net', 'https://attest.azure.net', 'https://purview.azure.net', 'https://azconfig.io', 'https://redis.azure.com', '6dae42f8-4368-4678-94ff-3960e28e3630', 'https://management.core.windows.net/', 'https://graph.windows.net/' -like "$word*" })]
        [string] $Resource,

        [Parameter()]
        [Alias('EnvironmentName')]
        [ArgumentCompleter({ param($c, $p, $word) 'AzureCloud', 'AzureChinaCloud', 'AzureUSGovernment' -like "$word*" })]
        [string] $Environment,

        [Parameter()]
        [string] $ClientId,

        [Parameter()]
        [string] $ObjectId,

        [Parameter()]
        [string] $ResourceId,

        [Parameter()]
        [ValidateSet('service_fabric', 'app_service', 'arc', 'app_service_2017', 'automation', 'cloud_shell', 'workload_identity', 'imds', 'vm_extension')]
        [string] $Source,

        [Parameter()]
        [switch] $ForceRefresh,

        [Parameter()]
        [switch] $AsPlainText
    )

    process {
        Invoke-PyBridge 'Get-MsiToken' $PSCmdlet $PSBoundParameters
    }
}

function Get-MsiIdentity {
    <#
    .SYNOPSIS
    Gets whose tokens this machine gets, and from where.
    .DESCRIPTION
    Asks for a token, as Get-MsiToken does, and tells what its claims say: tenant, object ID, client
    ID and resource ID of the managed identity, and whether it is the system-assigned one. Why says
    why the token came from this source. The claims are shown and not checked.
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
    .EXAMPLE
    Get-MsiIdentity

    Shows who this machine is to Azure.
    .EXAMPLE
    (Get-MsiIdentity).ObjectId

    Gets the ID that a role is granted to.
    .OUTPUTS
    PyBridge.ManagedIdentity
    #>
    [CmdletBinding()]
    [OutputType('PyBridge.ManagedIdentity')]
    param(
        [Parameter(Position = 0)]
        [ArgumentCompleter({ param($c, $p, $word) 'ResourceManager', 'KeyVault', 'Storage', 'Sql', 'EventHubs', 'ServiceBus', 'CosmosDb', 'DataLake', 'MicrosoftGraph', 'ManagedHsm', 'Batch', 'LogAnalytics', 'Synapse', 'Attestation', 'Purview', 'AppConfiguration', 'Redis', 'Aks', 'ServiceManagement', 'AzureADGraph', 'https://management.azure.com/', 'https://vault.azure.net', 'https://storage.azure.com/', 'https://database.windows.net/', 'https://eventhubs.azure.net', 'https://servicebus.azure.net', 'https://cosmos.azure.com', 'https://datalake.azure.net/', 'https://graph.microsoft.com/', 'https://managedhsm.azure.net', 'https://batch.core.windows.net/', 'https://api.loganalytics.io', 'https://dev.azuresynapse.net', 'https://attest.azure.net', 'https://purview.azure.net', 'https://azconfig.io', 'https://redis.azure.com', '6dae42f8-4368-4678-94ff-3960e28e3630', 'https://management.core.windows.net/', 'https://graph.windows.net/' -like "$word*" })]
        [string] $Resource,

        [Parameter()]
        [Alias('EnvironmentName')]
        [ArgumentCompleter({ param($c, $p, $word) 'AzureCloud', 'AzureChinaCloud', 'AzureUSGovernment' -like "$word*" })]
        [string] $Environment,

        [Parameter()]
        [string] $ClientId,

        [Parameter()]
        [string] $ObjectId,

        [Parameter()]
        [string] $ResourceId,

        [Parameter()]
        [ValidateSet('service_fabric', 'app_service', 'arc', 'app_service_2017', 'automation', 'cloud_shell', 'workload_identity', 'imds', 'vm_extension')]
        [string] $Source
    )

    process {
        Invoke-PyBridge 'Get-MsiIdentity' $PSCmdlet $PSBoundParameters
    }
}

function Test-Msi {
    <#
    .SYNOPSIS
    Finds out why there is no token, and what to do now.
    .DESCRIPTION
    Goes through a checklist within 5 seconds: variables, proxies, the endpoint, the token and whose
    it is, the clock, Azure Resource Manager and the roles. Each row has a State (ok, warning,
    broken, skipped), a Message and, where there is something to do, a Remedy. The last row is the
    Verdict, with the remedy of what to mend first.
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
    Returns only whether it works. Warnings do not count.
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
    .OUTPUTS
    PyBridge.Check
    #>
    [CmdletBinding()]
    [OutputType('PyBridge.Check')]
    param(
        [Parameter()]
        [Alias('EnvironmentName')]
        [ArgumentCompleter({ param($c, $p, $word) 'AzureCloud', 'AzureChinaCloud', 'AzureUSGovernment' -like "$word*" })]
        [string] $Environment,

        [Parameter()]
        [string] $ClientId,

        [Parameter()]
        [string] $ObjectId,

        [Parameter()]
        [string] $ResourceId,

        [Parameter()]
        [ValidateSet('service_fabric', 'app_service', 'arc', 'app_service_2017', 'automation', 'cloud_shell', 'workload_identity', 'imds', 'vm_extension')]
        [string] $Source,

        [Parameter()]
        [switch] $Quiet
    )

    process {
        Invoke-PyBridge 'Test-Msi' $PSCmdlet $PSBoundParameters
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
    [CmdletBinding()]
    [OutputType('PyBridge.ResourceId')]
    param(
        [Parameter(Position = 0)]
        [ArgumentCompleter({ param($c, $p, $word) 'ResourceManager', 'KeyVault', 'Storage', 'Sql', 'EventHubs', 'ServiceBus', 'CosmosDb', 'DataLake', 'DataExplorer', 'AnalysisServices', 'MicrosoftGraph', 'ManagedHsm', 'Batch', 'LogAnalytics', 'Synapse', 'Attestation', 'Purview', 'AppConfiguration', 'Redis', 'Aks', 'ServiceManagement', 'AzureADGraph' -like "$word*" })]
        [string] $Name,

        [Parameter()]
        [Alias('EnvironmentName')]
        [ArgumentCompleter({ param($c, $p, $word) 'AzureCloud', 'AzureChinaCloud', 'AzureUSGovernment' -like "$word*" })]
        [string] $Environment
    )

    process {
        Invoke-PyBridge 'Get-MsiResourceId' $PSCmdlet $PSBoundParameters
    }
}

function Connect-AzureRmAccount {
    <#
    .SYNOPSIS
    Signs in to Azure with a managed identity or an access token.
    .DESCRIPTION
    The signed-in context is used by the commands that follow, until Disconnect-AzureRmAccount or
    the end of the session. With -Identity, tokens are fetched as they are needed, for as long as
    the script runs. With -AccessToken, the sign-in lasts as long as the token. The other parameter
    sets of AzureRM are accepted and end with an error that says what to use.
    .PARAMETER Environment
    The cloud. By default AzureCloud.
    .PARAMETER Credential
    Not supported. Use -Identity or -AccessToken.
    .PARAMETER ServicePrincipal
    Not supported. Use -Identity or -AccessToken.
    .PARAMETER TenantId
    The tenant whose subscriptions are looked at. By default the one of the first visible
    subscription.
    .PARAMETER CertificateThumbprint
    Not supported. Use -Identity or -AccessToken.
    .PARAMETER ApplicationId
    Not supported. Use -Identity or -AccessToken.
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
    Signs in as the managed identity of this machine.
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
    Accepted and not used, as there is only one context.
    .PARAMETER Force
    Accepted and not used, as nothing is asked.
    .PARAMETER Scope
    Accepted and not used. A sign-in lasts for the session.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned.
    .EXAMPLE
    Connect-AzureRmAccount -Identity

    Signs in as the managed identity of this VM.
    .EXAMPLE
    $token = Get-MsiToken -AsPlainText
    Login-AzureRmAccount -AccessToken $token -AccountId 'MSI@50342'

    Signs in with a token that the script fetched itself, as scripts of 2017 do.
    .OUTPUTS
    Microsoft.Azure.Commands.Profile.Models.Core.PSAzureProfile
    #>
    [CmdletBinding(DefaultParameterSetName = 'UserWithSubscriptionId', SupportsShouldProcess = $true)]
    [OutputType('Microsoft.Azure.Commands.Profile.Models.Core.PSAzureProfile')]
    [Alias('Login-AzureRmAccount', 'Add-AzureRmAccount')]
    param(
        [Parameter()]
        [Alias('EnvironmentName')]
        [ArgumentCompleter({ param($c, $p, $word) 'AzureCloud', 'AzureChinaCloud', 'AzureUSGovernment' -like "$word*" })]
        [string] $Environment,

        [Parameter(ParameterSetName = 'UserWithSubscriptionId', Position = 0)]
        [Parameter(ParameterSetName = 'ServicePrincipalWithSubscriptionId', Mandatory = $true, Position = 0)]
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

        [Parameter()]
        [string] $ContextName,

        [Parameter()]
        [switch] $SkipContextPopulation,

        [Parameter()]
        [switch] $Force,

        [Parameter()]
        [ValidateSet('Process', 'CurrentUser')]
        [string] $Scope,

        [Parameter()]
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
    Signs out.
    .DESCRIPTION
    Forgets the signed-in context. A token that is in use elsewhere stays valid until it expires, as
    Azure cannot take it back.
    .PARAMETER Username
    Signs out only if this is the account that is signed in.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Disconnect-AzureRmAccount

    Signs in and out again.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Disconnect-AzureRmAccount -Username 'MSI@50342'

    Signs out that account.
    .OUTPUTS
    Microsoft.Azure.Commands.Profile.Models.PSAzureRmAccount
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    [OutputType('Microsoft.Azure.Commands.Profile.Models.PSAzureRmAccount')]
    [Alias('Logout-AzureRmAccount', 'Remove-AzureRmAccount')]
    param(
        [Parameter(Position = 0)]
        [Alias('Id')]
        [string] $Username,

        [Parameter()]
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
    Gets the signed-in context.
    .DESCRIPTION
    The account, subscription, tenant and environment that the commands of this session use.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Get-AzureRmContext

    Shows who is signed in, and where.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    (Get-AzureRmContext).Subscription.Id

    Gets the ID of the current subscription.
    .OUTPUTS
    Microsoft.Azure.Commands.Profile.Models.Core.PSAzureContext
    #>
    [CmdletBinding()]
    [OutputType('Microsoft.Azure.Commands.Profile.Models.Core.PSAzureContext')]
    param(
        [Parameter()]
        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Get-AzureRmContext' $PSCmdlet $PSBoundParameters
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
    Gets the subscriptions of this name.
    .PARAMETER TenantId
    Gets subscriptions of this tenant only.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned.
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
    [CmdletBinding(DefaultParameterSetName = 'ListByIdInTenant')]
    [OutputType('Microsoft.Azure.Commands.Profile.Models.PSAzureSubscription')]
    param(
        [Parameter(ParameterSetName = 'ListByIdInTenant', ValueFromPipelineByPropertyName = $true)]
        [string] $SubscriptionId,

        [Parameter(ParameterSetName = 'ListByNameInTenant', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [string] $SubscriptionName,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [string] $TenantId,

        [Parameter()]
        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Get-AzureRmSubscription' $PSCmdlet $PSBoundParameters
    }
}

function Get-AzureRmVM {
    <#
    .SYNOPSIS
    Gets VMs of the current subscription.
    .DESCRIPTION
    Gets one VM, the VMs of a resource group, or all VMs of the subscription that the signed-in
    account may read. Lists arrive page by page and are passed on at once.
    .PARAMETER ResourceGroupName
    The resource group to look in.
    .PARAMETER Name
    The name of the VM.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    (Get-AzureRmVM -ResourceGroupName myResourceGroup -Name myVM).Identity.PrincipalId

    Gets the object ID of the managed identity of a VM.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Get-AzureRmVM

    Lists all VMs of the subscription.
    .OUTPUTS
    Microsoft.Azure.Commands.Compute.Models.PSVirtualMachine
    .OUTPUTS
    Microsoft.Azure.Commands.Compute.Models.PSVirtualMachineList
    #>
    [CmdletBinding(DefaultParameterSetName = 'ListAllVirtualMachinesParamSet')]
    [OutputType('Microsoft.Azure.Commands.Compute.Models.PSVirtualMachine', 'Microsoft.Azure.Commands.Compute.Models.PSVirtualMachineList')]
    param(
        [Parameter(ParameterSetName = 'ListVirtualMachineInResourceGroupParamSet', Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [Parameter(ParameterSetName = 'GetVirtualMachineInResourceGroupParamSet', Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [string] $ResourceGroupName,

        [Parameter(ParameterSetName = 'GetVirtualMachineInResourceGroupParamSet', Mandatory = $true, Position = 1, ValueFromPipelineByPropertyName = $true)]
        [Alias('ResourceName', 'VMName')]
        [string] $Name,

        [Parameter()]
        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Get-AzureRmVM' $PSCmdlet $PSBoundParameters
    }
}

function Get-AzureRmResourceGroup {
    <#
    .SYNOPSIS
    Gets resource groups of the current subscription.
    .DESCRIPTION
    Gets the resource groups that the signed-in account may read, one by one as they arrive.
    .PARAMETER Name
    Gets the resource group of this name.
    .PARAMETER Location
    Gets the resource groups of this location only.
    .PARAMETER DefaultProfile
    The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext
    returned.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Get-AzureRmResourceGroup

    Lists the resource groups.
    .EXAMPLE
    Connect-AzureRmAccount -Identity
    Get-AzureRmResourceGroup | Get-AzureRmVM

    Lists the VMs of each resource group.
    .OUTPUTS
    Microsoft.Azure.Commands.ResourceManager.Cmdlets.SdkModels.PSResourceGroup
    #>
    [CmdletBinding()]
    [OutputType('Microsoft.Azure.Commands.ResourceManager.Cmdlets.SdkModels.PSResourceGroup')]
    param(
        [Parameter(Position = 0, ValueFromPipelineByPropertyName = $true)]
        [Alias('ResourceGroupName')]
        [string] $Name,

        [Parameter(Position = 1)]
        [string] $Location,

        [Parameter()]
        [Alias('AzureRmContext', 'AzureCredential')]
        [psobject] $DefaultProfile
    )

    process {
        Invoke-PyBridge 'Get-AzureRmResourceGroup' $PSCmdlet $PSBoundParameters
    }
}
