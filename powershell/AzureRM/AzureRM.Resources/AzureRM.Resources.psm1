# Generated from shims/ and commands.yaml by "python -m pybridge generate". Do not edit.
# PyBridge by an old name. The functions are PyBridge's own, which run in PyBridge: there is one sign-in and one worker,
# whatever name a command is called by. What PyBridge does not cover ends with an error that says what to use.

Set-StrictMode -Version 2.0

$script:PyBridge = @(Get-Module -Name PyBridge)[0]

# What to use instead of a command that is not covered.
$script:NotCovered = @{
    'Get-AzureRmProviderOperation' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/providers/Microsoft.Authorization/providerOperations?api-version=2022-04-01''
In Az it is Get-AzProviderOperation.'
    'New-AzureRmRoleDefinition' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''{scope}/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}?api-version=2022-04-01'' -Payload $json
In Az it is New-AzRoleDefinition.'
    'Set-AzureRmRoleDefinition' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''{scope}/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}?api-version=2022-04-01'' -Payload $json
In Az it is Set-AzRoleDefinition.'
    'Remove-AzureRmRoleDefinition' = 'Use Invoke-AzureRmRestMethod -Method DELETE -Path ''{scope}/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}?api-version=2022-04-01''
In Az it is Remove-AzRoleDefinition.'
    'Get-AzureRmADAppCredential' = 'In Az it is Get-AzADAppCredential.'
    'Get-AzureRmADApplication' = 'In Az it is Get-AzADApplication.'
    'Add-AzureRmADGroupMember' = 'In Az it is Add-AzADGroupMember.'
    'Get-AzureRmADGroupMember' = 'In Az it is Get-AzADGroupMember.'
    'Remove-AzureRmADGroupMember' = 'In Az it is Remove-AzADGroupMember.'
    'Get-AzureRmADGroup' = 'In Az it is Get-AzADGroup.'
    'New-AzureRmADGroup' = 'In Az it is New-AzADGroup.'
    'Remove-AzureRmADGroup' = 'In Az it is Remove-AzADGroup.'
    'Get-AzureRmADServicePrincipal' = 'In Az it is Get-AzADServicePrincipal.'
    'Get-AzureRmADSpCredential' = 'In Az it is Get-AzADSpCredential.'
    'Get-AzureRmADUser' = 'In Az it is Get-AzADUser.'
    'New-AzureRmADAppCredential' = 'In Az it is New-AzADAppCredential.'
    'New-AzureRmADSpCredential' = 'In Az it is New-AzADSpCredential.'
    'New-AzureRmADUser' = 'In Az it is New-AzADUser.'
    'Remove-AzureRmADAppCredential' = 'In Az it is Remove-AzADAppCredential.'
    'Remove-AzureRmADApplication' = 'In Az it is Remove-AzADApplication.'
    'New-AzureRmADApplication' = 'In Az it is New-AzADApplication.'
    'Remove-AzureRmADServicePrincipal' = 'In Az it is Remove-AzADServicePrincipal.'
    'New-AzureRmADServicePrincipal' = 'In Az it is New-AzADServicePrincipal.'
    'Remove-AzureRmADSpCredential' = 'In Az it is Remove-AzADSpCredential.'
    'Remove-AzureRmADUser' = 'In Az it is Remove-AzADUser.'
    'Update-AzureRmADApplication' = 'In Az it is Update-AzADApplication.'
    'Update-AzureRmADServicePrincipal' = 'In Az it is Update-AzADServicePrincipal.'
    'Update-AzureRmADUser' = 'In Az it is Update-AzADUser.'
    'Get-AzureRmProviderFeature' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Features/providers/{resourceProviderNamespace}/features/{featureName}?api-version=2021-07-01''
In Az it is Get-AzProviderFeature.'
    'Register-AzureRmProviderFeature' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Features/providers/{resourceProviderNamespace}/features/{featureName}/register?api-version=2021-07-01''
In Az it is Register-AzProviderFeature.'
    'Get-AzureRmLocation' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/locations?api-version=2020-01-01''
In Az it is Get-AzLocation.'
    'Export-AzureRmResourceGroup' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/exportTemplate?api-version=2021-04-01''
In Az it is Export-AzResourceGroup.'
    'Get-AzureRmResourceProvider' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/providers/{resourceProviderNamespace}?api-version=2021-04-01''
In Az it is Get-AzResourceProvider.'
    'Register-AzureRmResourceProvider' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/providers/{resourceProviderNamespace}/register?api-version=2021-04-01''
In Az it is Register-AzResourceProvider.'
    'Unregister-AzureRmResourceProvider' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/providers/{resourceProviderNamespace}/unregister?api-version=2021-04-01''
In Az it is Unregister-AzResourceProvider.'
    'Get-AzureRmResourceGroupDeployment' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Resources/deployments/{deploymentName}?api-version=2021-04-01''
In Az it is Get-AzResourceGroupDeployment.'
    'New-AzureRmResourceGroupDeployment' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Resources/deployments/{deploymentName}?api-version=2021-04-01'' -Payload $json
In Az it is New-AzResourceGroupDeployment.'
    'Remove-AzureRmResourceGroupDeployment' = 'Use Invoke-AzureRmRestMethod -Method DELETE -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Resources/deployments/{deploymentName}?api-version=2021-04-01''
In Az it is Remove-AzResourceGroupDeployment.'
    'Stop-AzureRmResourceGroupDeployment' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Resources/deployments/{deploymentName}/cancel?api-version=2021-04-01''
In Az it is Stop-AzResourceGroupDeployment.'
    'Test-AzureRmResourceGroupDeployment' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Resources/deployments/{deploymentName}/validate?api-version=2021-04-01''
In Az it is Test-AzResourceGroupDeployment.'
    'Set-AzureRmResourceGroup' = 'Use Invoke-AzureRmRestMethod -Method PATCH -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}?api-version=2021-04-01'' -Payload $json
In Az it is Set-AzResourceGroup.'
    'Save-AzureRmResourceGroupDeploymentTemplate' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Resources/deployments/{deploymentName}/exportTemplate?api-version=2021-04-01''
In Az it is Save-AzResourceGroupDeploymentTemplate.'
    'Get-AzureRmResourceGroupDeploymentOperation' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Resources/deployments/{deploymentName}/operations?api-version=2021-04-01''
In Az it is Get-AzResourceGroupDeploymentOperation.'
    'Get-AzureRmResourceLock' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''{scope}/providers/Microsoft.Authorization/locks/{lockName}?api-version=2016-09-01''
In Az it is Get-AzResourceLock.'
    'Invoke-AzureRmResourceAction' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''{resourceId}/{action}?api-version={apiVersion}''
In Az it is Invoke-AzResourceAction.'
    'Move-AzureRmResource' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/moveResources?api-version=2021-04-01''
In Az it is Move-AzResource.'
    'New-AzureRmResourceLock' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''{scope}/providers/Microsoft.Authorization/locks/{lockName}?api-version=2016-09-01'' -Payload $json
In Az it is New-AzResourceLock.'
    'Get-AzureRmPolicyAssignment' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''{scope}/providers/Microsoft.Authorization/policyAssignments/{policyAssignmentName}?api-version=2021-06-01''
In Az it is Get-AzPolicyAssignment.'
    'Get-AzureRmPolicyDefinition' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/policyDefinitions/{policyDefinitionName}?api-version=2021-06-01''
In Az it is Get-AzPolicyDefinition.'
    'Get-AzureRmPolicySetDefinition' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/policySetDefinitions/{policySetDefinitionName}?api-version=2021-06-01''
In Az it is Get-AzPolicySetDefinition.'
    'New-AzureRmPolicyAssignment' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''{scope}/providers/Microsoft.Authorization/policyAssignments/{policyAssignmentName}?api-version=2021-06-01'' -Payload $json
In Az it is New-AzPolicyAssignment.'
    'New-AzureRmPolicyDefinition' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/policyDefinitions/{policyDefinitionName}?api-version=2021-06-01'' -Payload $json
In Az it is New-AzPolicyDefinition.'
    'New-AzureRmPolicySetDefinition' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/policySetDefinitions/{policySetDefinitionName}?api-version=2021-06-01'' -Payload $json
In Az it is New-AzPolicySetDefinition.'
    'Remove-AzureRmPolicyAssignment' = 'Use Invoke-AzureRmRestMethod -Method DELETE -Path ''{scope}/providers/Microsoft.Authorization/policyAssignments/{policyAssignmentName}?api-version=2021-06-01''
In Az it is Remove-AzPolicyAssignment.'
    'Remove-AzureRmPolicyDefinition' = 'Use Invoke-AzureRmRestMethod -Method DELETE -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/policyDefinitions/{policyDefinitionName}?api-version=2021-06-01''
In Az it is Remove-AzPolicyDefinition.'
    'Remove-AzureRmPolicySetDefinition' = 'Use Invoke-AzureRmRestMethod -Method DELETE -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/policySetDefinitions/{policySetDefinitionName}?api-version=2021-06-01''
In Az it is Remove-AzPolicySetDefinition.'
    'Set-AzureRmPolicyAssignment' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''{scope}/providers/Microsoft.Authorization/policyAssignments/{policyAssignmentName}?api-version=2021-06-01'' -Payload $json
In Az it is Set-AzPolicyAssignment.'
    'Set-AzureRmPolicyDefinition' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/policyDefinitions/{policyDefinitionName}?api-version=2021-06-01'' -Payload $json
In Az it is Set-AzPolicyDefinition.'
    'Set-AzureRmPolicySetDefinition' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/policySetDefinitions/{policySetDefinitionName}?api-version=2021-06-01'' -Payload $json
In Az it is Set-AzPolicySetDefinition.'
    'Remove-AzureRmResource' = 'Use Invoke-AzureRmRestMethod -Method DELETE -Path ''{resourceId}?api-version={apiVersion}''
In Az it is Remove-AzResource.'
    'Remove-AzureRmResourceLock' = 'Use Invoke-AzureRmRestMethod -Method DELETE -Path ''{scope}/providers/Microsoft.Authorization/locks/{lockName}?api-version=2016-09-01''
In Az it is Remove-AzResourceLock.'
    'Set-AzureRmResource' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''{resourceId}?api-version={apiVersion}'' -Payload $json
In Az it is Set-AzResource.'
    'New-AzureRmResource' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''{resourceId}?api-version={apiVersion}'' -Payload $json
In Az it is New-AzResource.'
    'Set-AzureRmResourceLock' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''{scope}/providers/Microsoft.Authorization/locks/{lockName}?api-version=2016-09-01'' -Payload $json
In Az it is Set-AzResourceLock.'
    'Get-AzureRmManagedApplicationDefinition' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Solutions/applicationDefinitions/{applicationDefinitionName}?api-version=2019-07-01''
In Az it is Get-AzManagedApplicationDefinition.'
    'New-AzureRmManagedApplicationDefinition' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Solutions/applicationDefinitions/{applicationDefinitionName}?api-version=2019-07-01'' -Payload $json
In Az it is New-AzManagedApplicationDefinition.'
    'Set-AzureRmManagedApplicationDefinition' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Solutions/applicationDefinitions/{applicationDefinitionName}?api-version=2019-07-01'' -Payload $json
In Az it is Set-AzManagedApplicationDefinition.'
    'Remove-AzureRmManagedApplicationDefinition' = 'Use Invoke-AzureRmRestMethod -Method DELETE -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Solutions/applicationDefinitions/{applicationDefinitionName}?api-version=2019-07-01''
In Az it is Remove-AzManagedApplicationDefinition.'
    'Get-AzureRmManagedApplication' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Solutions/applications/{applicationName}?api-version=2019-07-01''
In Az it is Get-AzManagedApplication.'
    'New-AzureRmManagedApplication' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Solutions/applications/{applicationName}?api-version=2019-07-01'' -Payload $json
In Az it is New-AzManagedApplication.'
    'Set-AzureRmManagedApplication' = 'Use Invoke-AzureRmRestMethod -Method PATCH -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Solutions/applications/{applicationName}?api-version=2019-07-01'' -Payload $json
In Az it is Set-AzManagedApplication.'
    'Remove-AzureRmManagedApplication' = 'Use Invoke-AzureRmRestMethod -Method DELETE -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Solutions/applications/{applicationName}?api-version=2019-07-01''
In Az it is Remove-AzManagedApplication.'
    'Get-AzureRmManagementGroup' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/providers/Microsoft.Management/managementGroups/{groupId}?api-version=2020-05-01''
In Az it is Get-AzManagementGroup.'
    'New-AzureRmManagementGroup' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''/providers/Microsoft.Management/managementGroups/{groupId}?api-version=2020-05-01'' -Payload $json
In Az it is New-AzManagementGroup.'
    'Update-AzureRmManagementGroup' = 'Use Invoke-AzureRmRestMethod -Method PATCH -Path ''/providers/Microsoft.Management/managementGroups/{groupId}?api-version=2020-05-01'' -Payload $json
In Az it is Update-AzManagementGroup.'
    'Remove-AzureRmManagementGroup' = 'Use Invoke-AzureRmRestMethod -Method DELETE -Path ''/providers/Microsoft.Management/managementGroups/{groupId}?api-version=2020-05-01''
In Az it is Remove-AzManagementGroup.'
    'New-AzureRmManagementGroupSubscription' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''/providers/Microsoft.Management/managementGroups/{groupId}/subscriptions/{subscriptionId}?api-version=2020-05-01'' -Payload $json
In Az it is New-AzManagementGroupSubscription.'
    'Remove-AzureRmManagementGroupSubscription' = 'Use Invoke-AzureRmRestMethod -Method DELETE -Path ''/providers/Microsoft.Management/managementGroups/{groupId}/subscriptions/{subscriptionId}?api-version=2020-05-01''
In Az it is Remove-AzManagementGroupSubscription.'
    'New-AzureRmDeployment' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Resources/deployments/{deploymentName}?api-version=2021-04-01'' -Payload $json
In Az it is New-AzDeployment.'
    'Get-AzureRmDeployment' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Resources/deployments/{deploymentName}?api-version=2021-04-01''
In Az it is Get-AzDeployment.'
    'Test-AzureRmDeployment' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Resources/deployments/{deploymentName}/validate?api-version=2021-04-01''
In Az it is Test-AzDeployment.'
    'Remove-AzureRmDeployment' = 'Use Invoke-AzureRmRestMethod -Method DELETE -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Resources/deployments/{deploymentName}?api-version=2021-04-01''
In Az it is Remove-AzDeployment.'
    'Stop-AzureRmDeployment' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Resources/deployments/{deploymentName}/cancel?api-version=2021-04-01''
In Az it is Stop-AzDeployment.'
    'Save-AzureRmDeploymentTemplate' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Resources/deployments/{deploymentName}/exportTemplate?api-version=2021-04-01''
In Az it is Save-AzDeploymentTemplate.'
    'Get-AzureRmDeploymentOperation' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Resources/deployments/{deploymentName}/operations?api-version=2021-04-01''
In Az it is Get-AzDeploymentOperation.'
    'Get-AzureRmPolicyAlias' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/providers?$expand=resourceTypes/aliases&api-version=2021-04-01''
In Az it is Get-AzPolicyAlias.'
}

$refuse = {
    <#
    .SYNOPSIS
    A command of AzureRM that PyBridge does not cover.
    .DESCRIPTION
    Whatever it is given, it ends with an error that names the command of Az and, where there is one, the call for
    Invoke-AzureRmRestMethod that does the same.
    #>
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [Parameter(ValueFromRemainingArguments = $true)]
        $Arguments
    )

    begin {
        $null = $Arguments
        $name = $MyInvocation.MyCommand.Name
        $errors = "$($script:PyBridge.ModuleBase)/Core/Errors.ps1"
        $record = & $script:PyBridge {
            param($Errors, $Name, $Remedy)
            . $Errors
            New-PyBridgeError -Code 'not_supported' -Message "$Name is not covered by PyBridge" -Remedy $Remedy -Target $Name
        } $errors $name $script:NotCovered[$name]
        $PSCmdlet.ThrowTerminatingError($record)
    }
}

$aliases = @{
    'Get-AzureRmResourceProviderAction' = 'Get-AzureRmProviderOperation'
    'Get-AzureRmADServicePrincipalCredential' = 'Get-AzureRmADSpCredential'
    'New-AzureRmADServicePrincipalCredential' = 'New-AzureRmADSpCredential'
    'Remove-AzureRmADServicePrincipalCredential' = 'Remove-AzureRmADSpCredential'
    'Set-AzureRmADApplication' = 'Update-AzureRmADApplication'
    'Set-AzureRmADServicePrincipal' = 'Update-AzureRmADServicePrincipal'
    'Set-AzureRmADUser' = 'Update-AzureRmADUser'
}

$items = $ExecutionContext.InvokeProvider.Item
foreach ($name in @(
        'Get-AzureRmResourceGroup',
        'New-AzureRmResourceGroup',
        'Remove-AzureRmResourceGroup',
        'Get-AzureRmResource',
        'Get-AzureRmRoleDefinition',
        'Get-AzureRmRoleAssignment',
        'New-AzureRmRoleAssignment',
        'Remove-AzureRmRoleAssignment'
    )) {
    $null = $items.Set("function:script:$name", $script:PyBridge.ExportedFunctions[$name].ScriptBlock)
}
foreach ($name in $script:NotCovered.Keys) { $null = $items.Set("function:script:$name", $refuse) }
foreach ($name in $aliases.Keys) { $null = $items.Set("alias:$name", $aliases[$name]) }
