# Generated from shims/ and commands.yaml by "python -m pybridge generate". Do not edit.
@{
    RootModule           = 'AzureRM.Resources.psm1'
    ModuleVersion        = '6.7.4'
    GUID                 = 'f8c1f7ac-4c5e-4d06-9f0b-5f0d5f1c2a02'
    Author               = 'pybridge contributors'
    CompanyName          = 'pybridge contributors'
    Copyright            = '(c) pybridge contributors. MIT license.'
    Description          = 'Stands in for AzureRM.Resources: resource groups, resources and role assignments, from PyBridge.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    RequiredModules      = @(
        @{ ModuleName = 'PyBridge'; ModuleVersion = '0.1.0'; GUID = '6f1d0a57-9c0b-4f7e-8a43-2d5d7f4c9b1e' }
    )
    FunctionsToExport    = @(
        'Get-AzureRmResourceGroup',
        'New-AzureRmResourceGroup',
        'Remove-AzureRmResourceGroup',
        'Get-AzureRmResource',
        'Get-AzureRmRoleDefinition',
        'Get-AzureRmRoleAssignment',
        'New-AzureRmRoleAssignment',
        'Remove-AzureRmRoleAssignment',
        'Get-AzureRmProviderOperation',
        'New-AzureRmRoleDefinition',
        'Set-AzureRmRoleDefinition',
        'Remove-AzureRmRoleDefinition',
        'Get-AzureRmADAppCredential',
        'Get-AzureRmADApplication',
        'Add-AzureRmADGroupMember',
        'Get-AzureRmADGroupMember',
        'Remove-AzureRmADGroupMember',
        'Get-AzureRmADGroup',
        'New-AzureRmADGroup',
        'Remove-AzureRmADGroup',
        'Get-AzureRmADServicePrincipal',
        'Get-AzureRmADSpCredential',
        'Get-AzureRmADUser',
        'New-AzureRmADAppCredential',
        'New-AzureRmADSpCredential',
        'New-AzureRmADUser',
        'Remove-AzureRmADAppCredential',
        'Remove-AzureRmADApplication',
        'New-AzureRmADApplication',
        'Remove-AzureRmADServicePrincipal',
        'New-AzureRmADServicePrincipal',
        'Remove-AzureRmADSpCredential',
        'Remove-AzureRmADUser',
        'Update-AzureRmADApplication',
        'Update-AzureRmADServicePrincipal',
        'Update-AzureRmADUser',
        'Get-AzureRmProviderFeature',
        'Register-AzureRmProviderFeature',
        'Get-AzureRmLocation',
        'Export-AzureRmResourceGroup',
        'Get-AzureRmResourceProvider',
        'Register-AzureRmResourceProvider',
        'Unregister-AzureRmResourceProvider',
        'Get-AzureRmResourceGroupDeployment',
        'New-AzureRmResourceGroupDeployment',
        'Remove-AzureRmResourceGroupDeployment',
        'Stop-AzureRmResourceGroupDeployment',
        'Test-AzureRmResourceGroupDeployment',
        'Set-AzureRmResourceGroup',
        'Save-AzureRmResourceGroupDeploymentTemplate',
        'Get-AzureRmResourceGroupDeploymentOperation',
        'Get-AzureRmResourceLock',
        'Invoke-AzureRmResourceAction',
        'Move-AzureRmResource',
        'New-AzureRmResourceLock',
        'Get-AzureRmPolicyAssignment',
        'Get-AzureRmPolicyDefinition',
        'Get-AzureRmPolicySetDefinition',
        'New-AzureRmPolicyAssignment',
        'New-AzureRmPolicyDefinition',
        'New-AzureRmPolicySetDefinition',
        'Remove-AzureRmPolicyAssignment',
        'Remove-AzureRmPolicyDefinition',
        'Remove-AzureRmPolicySetDefinition',
        'Set-AzureRmPolicyAssignment',
        'Set-AzureRmPolicyDefinition',
        'Set-AzureRmPolicySetDefinition',
        'Remove-AzureRmResource',
        'Remove-AzureRmResourceLock',
        'Set-AzureRmResource',
        'New-AzureRmResource',
        'Set-AzureRmResourceLock',
        'Get-AzureRmManagedApplicationDefinition',
        'New-AzureRmManagedApplicationDefinition',
        'Set-AzureRmManagedApplicationDefinition',
        'Remove-AzureRmManagedApplicationDefinition',
        'Get-AzureRmManagedApplication',
        'New-AzureRmManagedApplication',
        'Set-AzureRmManagedApplication',
        'Remove-AzureRmManagedApplication',
        'Get-AzureRmManagementGroup',
        'New-AzureRmManagementGroup',
        'Update-AzureRmManagementGroup',
        'Remove-AzureRmManagementGroup',
        'New-AzureRmManagementGroupSubscription',
        'Remove-AzureRmManagementGroupSubscription',
        'New-AzureRmDeployment',
        'Get-AzureRmDeployment',
        'Test-AzureRmDeployment',
        'Remove-AzureRmDeployment',
        'Stop-AzureRmDeployment',
        'Save-AzureRmDeploymentTemplate',
        'Get-AzureRmDeploymentOperation',
        'Get-AzureRmPolicyAlias'
    )
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @(
        'Get-AzureRmResourceProviderAction',
        'Get-AzureRmADServicePrincipalCredential',
        'New-AzureRmADServicePrincipalCredential',
        'Remove-AzureRmADServicePrincipalCredential',
        'Set-AzureRmADApplication',
        'Set-AzureRmADServicePrincipal',
        'Set-AzureRmADUser'
    )
    PrivateData          = @{
        PSData = @{
            Tags = @('Azure', 'AzureRM', 'PyBridge', 'PSEdition_Desktop', 'PSEdition_Core')
        }
    }
}
