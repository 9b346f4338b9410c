# Generated from commands.yaml by "python -m pybridge generate". Do not edit.

# What Invoke-PyBridge needs to know of each command.
$script:Commands = @{
    'Get-MsiToken' = @{
        Operation = 'get_token'
        Context = 'none'
        Action = $null
        Repeatable = $true
        PassesParameterSet = $false
        Arguments = @{ Resource = 'resource'; ClientId = 'client_id'; ObjectId = 'object_id'; ResourceId = 'resource_id'; Source = 'source'; ForceRefresh = 'force_refresh'; AsPlainText = 'as_plain_text' }
        Hints = @{ Resource = @('https://management.azure.com/', 'https://vault.azure.net', 'https://storage.azure.com/') }
    }
    'Connect-AzureRmAccount' = @{
        Operation = 'connect_account'
        Context = 'sign_in'
        Action = 'log in'
        Repeatable = $true
        PassesParameterSet = $true
        Arguments = @{ Environment = 'environment'; TenantId = 'tenant_id'; AccessToken = 'access_token'; AccountId = 'account_id'; SkipValidation = 'skip_validation'; Identity = 'identity'; ManagedServicePort = 'managed_service_port'; ManagedServiceHostName = 'managed_service_host_name'; ManagedServiceSecret = 'managed_service_secret'; Subscription = 'subscription'; ContextName = 'context_name' }
        Hints = @{ Environment = @('AzureCloud', 'AzureChinaCloud', 'AzureUSGovernment') }
    }
    'Disconnect-AzureRmAccount' = @{
        Operation = 'disconnect_account'
        Context = 'sign_out'
        Action = 'log out'
        Repeatable = $true
        PassesParameterSet = $false
        Arguments = @{ Username = 'username' }
        Hints = @{}
    }
    'Get-AzureRmContext' = @{
        Operation = 'get_context'
        Context = 'required'
        Action = $null
        Repeatable = $true
        PassesParameterSet = $false
        Arguments = @{}
        Hints = @{}
    }
    'Get-AzureRmSubscription' = @{
        Operation = 'list_subscriptions'
        Context = 'required'
        Action = $null
        Repeatable = $true
        PassesParameterSet = $false
        Arguments = @{ SubscriptionId = 'subscription_id'; SubscriptionName = 'subscription_name'; TenantId = 'tenant_id' }
        Hints = @{}
    }
    'Get-AzureRmResourceGroup' = @{
        Operation = 'list_resource_groups'
        Context = 'required'
        Action = $null
        Repeatable = $true
        PassesParameterSet = $false
        Arguments = @{ Name = 'name'; Location = 'location' }
        Hints = @{}
    }
    'Get-AzureRmVM' = @{
        Operation = 'list_virtual_machines'
        Context = 'required'
        Action = $null
        Repeatable = $true
        PassesParameterSet = $false
        Arguments = @{ ResourceGroupName = 'resource_group_name'; Name = 'name' }
        Hints = @{}
    }
}

# What the backend's types are called here; see commands.yaml for the meaning of each part.
$script:Types = @{
    access_token = @{ Name = 'PyBridge.AccessToken'; Maps = @(); Nested = @{} }
    profile = @{ Name = 'Microsoft.Azure.Commands.Profile.Models.Core.PSAzureProfile'; Maps = @('Environments'); Nested = @{ Context = 'context'; Environments = 'environment' } }
    context = @{ Name = 'Microsoft.Azure.Commands.Profile.Models.Core.PSAzureContext'; Maps = @('ExtendedProperties'); Nested = @{ Account = 'account'; Environment = 'environment'; Subscription = 'subscription'; Tenant = 'tenant' } }
    account = @{ Name = 'Microsoft.Azure.Commands.Profile.Models.PSAzureRmAccount'; Maps = @('TenantMap', 'ExtendedProperties'); Nested = @{} }
    environment = @{ Name = 'Microsoft.Azure.Commands.Profile.Models.PSAzureEnvironment'; Maps = @(); Nested = @{} }
    tenant = @{ Name = 'Microsoft.Azure.Commands.Profile.Models.PSAzureTenant'; Maps = @(); Nested = @{} }
    subscription = @{ Name = 'Microsoft.Azure.Commands.Profile.Models.PSAzureSubscription'; Maps = @(); Nested = @{} }
    resource_group = @{ Name = 'Microsoft.Azure.Commands.ResourceManager.Cmdlets.SdkModels.PSResourceGroup'; Maps = @('Tags'); Nested = @{} }
    virtual_machine = @{ Name = 'Microsoft.Azure.Commands.Compute.Models.PSVirtualMachine'; Maps = @('Tags'); Nested = @{ Identity = 'virtual_machine_identity' } }
    virtual_machine_list_item = @{ Name = 'Microsoft.Azure.Commands.Compute.Models.PSVirtualMachineList'; Maps = @('Tags'); Nested = @{ Identity = 'virtual_machine_identity' } }
    virtual_machine_identity = @{ Name = 'Microsoft.Azure.Management.Compute.Models.VirtualMachineIdentity'; Maps = @('UserAssignedIdentities'); Nested = @{ UserAssignedIdentities = 'user_assigned_identity' } }
    user_assigned_identity = @{ Name = 'Microsoft.Azure.Management.Compute.Models.VirtualMachineIdentityUserAssignedIdentitiesValue'; Maps = @(); Nested = @{} }
}
