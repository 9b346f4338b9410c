# Generated from commands.yaml by "python -m pybridge generate". Do not edit.

# What Invoke-PyBridge needs to know of each command.
$script:Commands = @{
    'Get-MsiToken' = @{
        Operation = 'get_token'
        Context = 'none'
        Action = $null
        NeedsContext = $false
        Repeatable = $true
        PassesParameterSet = $false
        Arguments = @{ Resource = 'resource'; Environment = 'environment'; ClientId = 'client_id'; ObjectId = 'object_id'; ResourceId = 'resource_id'; Source = 'source'; ForceRefresh = 'force_refresh'; AsPlainText = 'as_plain_text' }
    }
    'Get-MsiIdentity' = @{
        Operation = 'get_identity'
        Context = 'none'
        Action = $null
        NeedsContext = $false
        Repeatable = $true
        PassesParameterSet = $false
        Arguments = @{ Resource = 'resource'; Environment = 'environment'; ClientId = 'client_id'; ObjectId = 'object_id'; ResourceId = 'resource_id'; Source = 'source' }
    }
    'Test-Msi' = @{
        Operation = 'check_identity'
        Context = 'none'
        Action = $null
        NeedsContext = $false
        Repeatable = $true
        PassesParameterSet = $false
        Arguments = @{ Environment = 'environment'; ClientId = 'client_id'; ObjectId = 'object_id'; ResourceId = 'resource_id'; Source = 'source'; Quiet = 'quiet' }
    }
    'Get-MsiResourceId' = @{
        Operation = 'list_resource_ids'
        Context = 'none'
        Action = $null
        NeedsContext = $false
        Repeatable = $true
        PassesParameterSet = $false
        Arguments = @{ Name = 'name'; Environment = 'environment' }
    }
    'Connect-AzureRmAccount' = @{
        Operation = 'connect_account'
        Context = 'sign_in'
        Action = 'log in'
        NeedsContext = $false
        Repeatable = $true
        PassesParameterSet = $true
        Arguments = @{ Environment = 'environment'; TenantId = 'tenant_id'; AccessToken = 'access_token'; AccountId = 'account_id'; SkipValidation = 'skip_validation'; Identity = 'identity'; ManagedServicePort = 'managed_service_port'; ManagedServiceHostName = 'managed_service_host_name'; ManagedServiceSecret = 'managed_service_secret'; Subscription = 'subscription'; ContextName = 'context_name' }
    }
    'Disconnect-AzureRmAccount' = @{
        Operation = 'disconnect_account'
        Context = 'sign_out'
        Action = 'log out'
        NeedsContext = $true
        Repeatable = $true
        PassesParameterSet = $false
        Arguments = @{ Username = 'username' }
    }
    'Get-AzureRmContext' = @{
        Operation = 'get_context'
        Context = 'required'
        Action = $null
        NeedsContext = $true
        Repeatable = $true
        PassesParameterSet = $false
        Arguments = @{}
    }
    'Get-AzureRmSubscription' = @{
        Operation = 'list_subscriptions'
        Context = 'required'
        Action = $null
        NeedsContext = $true
        Repeatable = $true
        PassesParameterSet = $false
        Arguments = @{ SubscriptionId = 'subscription_id'; SubscriptionName = 'subscription_name'; TenantId = 'tenant_id' }
    }
    'Get-AzureRmVM' = @{
        Operation = 'list_virtual_machines'
        Context = 'required'
        Action = $null
        NeedsContext = $true
        Repeatable = $true
        PassesParameterSet = $false
        Arguments = @{ ResourceGroupName = 'resource_group_name'; Name = 'name' }
    }
    'Get-AzureRmResourceGroup' = @{
        Operation = 'list_resource_groups'
        Context = 'required'
        Action = $null
        NeedsContext = $true
        Repeatable = $true
        PassesParameterSet = $false
        Arguments = @{ Name = 'name'; Location = 'location' }
    }
}

# What the backend's types are called here; see commands.yaml for the meaning of each part.
$script:Types = @{
    access_token = @{ Name = 'PyBridge.AccessToken'; Maps = @(); Nested = @{}; Simple = $true }
    managed_identity = @{ Name = 'PyBridge.ManagedIdentity'; Maps = @(); Nested = @{}; Simple = $true }
    check = @{ Name = 'PyBridge.Check'; Maps = @(); Nested = @{}; Simple = $true }
    resource_id = @{ Name = 'PyBridge.ResourceId'; Maps = @(); Nested = @{}; Simple = $true }
    profile = @{ Name = 'Microsoft.Azure.Commands.Profile.Models.Core.PSAzureProfile'; Maps = @('Environments'); Nested = @{ Context = 'context'; Environments = 'environment' }; Simple = $false }
    context = @{ Name = 'Microsoft.Azure.Commands.Profile.Models.Core.PSAzureContext'; Maps = @('ExtendedProperties'); Nested = @{ Account = 'account'; Environment = 'environment'; Subscription = 'subscription'; Tenant = 'tenant' }; Simple = $false }
    account = @{ Name = 'Microsoft.Azure.Commands.Profile.Models.PSAzureRmAccount'; Maps = @('TenantMap', 'ExtendedProperties'); Nested = @{}; Simple = $false }
    environment = @{ Name = 'Microsoft.Azure.Commands.Profile.Models.PSAzureEnvironment'; Maps = @(); Nested = @{}; Simple = $true }
    tenant = @{ Name = 'Microsoft.Azure.Commands.Profile.Models.PSAzureTenant'; Maps = @(); Nested = @{}; Simple = $true }
    subscription = @{ Name = 'Microsoft.Azure.Commands.Profile.Models.PSAzureSubscription'; Maps = @(); Nested = @{}; Simple = $true }
    virtual_machine = @{ Name = 'Microsoft.Azure.Commands.Compute.Models.PSVirtualMachine'; Maps = @('Tags'); Nested = @{ Identity = 'virtual_machine_identity' }; Simple = $false }
    virtual_machine_list_item = @{ Name = 'Microsoft.Azure.Commands.Compute.Models.PSVirtualMachineList'; Maps = @('Tags'); Nested = @{ Identity = 'virtual_machine_identity' }; Simple = $false }
    virtual_machine_identity = @{ Name = 'Microsoft.Azure.Management.Compute.Models.VirtualMachineIdentity'; Maps = @('UserAssignedIdentities'); Nested = @{ UserAssignedIdentities = 'user_assigned_identity' }; Simple = $false }
    user_assigned_identity = @{ Name = 'Microsoft.Azure.Management.Compute.Models.VirtualMachineIdentityUserAssignedIdentitiesValue'; Maps = @(); Nested = @{}; Simple = $true }
    resource_group = @{ Name = 'Microsoft.Azure.Commands.ResourceManager.Cmdlets.SdkModels.PSResourceGroup'; Maps = @('Tags'); Nested = @{}; Simple = $false }
}
