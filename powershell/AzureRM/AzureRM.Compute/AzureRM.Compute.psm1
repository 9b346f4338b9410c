# Generated from shims/ and commands.yaml by "python -m pybridge generate". Do not edit.
# PyBridge by an old name. The functions are PyBridge's own, which run in PyBridge: there is one sign-in and one worker,
# whatever name a command is called by. What PyBridge does not cover ends with an error that says what to use.

Set-StrictMode -Version 2.0

$script:PyBridge = @(Get-Module -Name PyBridge)[0]

# What to use instead of a command that is not covered.
$script:NotCovered = @{
    'Remove-AzureRmAvailabilitySet' = 'Use Invoke-AzureRmRestMethod -Method DELETE -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/availabilitySets/{availabilitySetName}?api-version=2023-03-01''
In Az it is Remove-AzAvailabilitySet.'
    'Get-AzureRmAvailabilitySet' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/availabilitySets/{availabilitySetName}?api-version=2023-03-01''
In Az it is Get-AzAvailabilitySet.'
    'New-AzureRmAvailabilitySet' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/availabilitySets/{availabilitySetName}?api-version=2023-03-01'' -Payload $json
In Az it is New-AzAvailabilitySet.'
    'Update-AzureRmAvailabilitySet' = 'Use Invoke-AzureRmRestMethod -Method PATCH -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/availabilitySets/{availabilitySetName}?api-version=2023-03-01'' -Payload $json
In Az it is Update-AzAvailabilitySet.'
    'Get-AzureRmVMExtensionImageType' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Compute/locations/{location}/publishers/{publisherName}/artifacttypes/vmextension/types?api-version=2023-03-01''
In Az it is Get-AzVMExtensionImageType.'
    'Get-AzureRmVMExtensionImage' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Compute/locations/{location}/publishers/{publisherName}/artifacttypes/vmextension/types/{type}/versions?api-version=2023-03-01''
In Az it is Get-AzVMExtensionImage.'
    'Get-AzureRmVMADDomainExtension' = 'Use Get-AzureRmVMExtension, which is covered.
In Az it is Get-AzVMADDomainExtension.'
    'Set-AzureRmVMADDomainExtension' = 'Use Set-AzureRmVMExtension, which is covered.
In Az it is Set-AzVMADDomainExtension.'
    'Get-AzureRmVMAEMExtension' = 'Use Get-AzureRmVMExtension, which is covered.
In Az it is Get-AzVMAEMExtension.'
    'Remove-AzureRmVMAEMExtension' = 'Use Remove-AzureRmVMExtension, which is covered.
In Az it is Remove-AzVMAEMExtension.'
    'Set-AzureRmVMAEMExtension' = 'Use Set-AzureRmVMExtension, which is covered.
In Az it is Set-AzVMAEMExtension.'
    'Test-AzureRmVMAEMExtension' = 'In Az it is Test-AzVMAEMExtension.'
    'Set-AzureRmVMBginfoExtension' = 'Use Set-AzureRmVMExtension, which is covered.
In Az it is Set-AzVMBginfoExtension.'
    'Get-AzureRmVMCustomScriptExtension' = 'Use Get-AzureRmVMExtension, which is covered.
In Az it is Get-AzVMCustomScriptExtension.'
    'Remove-AzureRmVMCustomScriptExtension' = 'Use Remove-AzureRmVMExtension, which is covered.
In Az it is Remove-AzVMCustomScriptExtension.'
    'Set-AzureRmVMCustomScriptExtension' = 'Use Set-AzureRmVMExtension, which is covered.
In Az it is Set-AzVMCustomScriptExtension.'
    'Get-AzureRmVMDiagnosticsExtension' = 'Use Get-AzureRmVMExtension, which is covered.
In Az it is Get-AzVMDiagnosticsExtension.'
    'Remove-AzureRmVMDiagnosticsExtension' = 'Use Remove-AzureRmVMExtension, which is covered.
In Az it is Remove-AzVMDiagnosticsExtension.'
    'Remove-AzureRmVmssDiagnosticsExtension' = 'In Az it is Remove-AzVmssDiagnosticsExtension.'
    'Set-AzureRmVMDiagnosticsExtension' = 'Use Set-AzureRmVMExtension, which is covered.
In Az it is Set-AzVMDiagnosticsExtension.'
    'Get-AzureRmVMSqlServerExtension' = 'Use Get-AzureRmVMExtension, which is covered.
In Az it is Get-AzVMSqlServerExtension.'
    'New-AzureRmVMSqlServerAutoBackupConfig' = 'In Az it is New-AzVMSqlServerAutoBackupConfig.'
    'New-AzureRmVMSqlServerAutoPatchingConfig' = 'In Az it is New-AzVMSqlServerAutoPatchingConfig.'
    'New-AzureRmVMSqlServerKeyVaultCredentialConfig' = 'In Az it is New-AzVMSqlServerKeyVaultCredentialConfig.'
    'Remove-AzureRmVMSqlServerExtension' = 'Use Remove-AzureRmVMExtension, which is covered.
In Az it is Remove-AzVMSqlServerExtension.'
    'Set-AzureRmVMSqlServerExtension' = 'Use Set-AzureRmVMExtension, which is covered.
In Az it is Set-AzVMSqlServerExtension.'
    'Get-AzureRmVMImage' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Compute/locations/{location}/publishers/{publisherName}/artifacttypes/vmimage/offers/{offer}/skus/{skus}/versions?api-version=2023-03-01''
In Az it is Get-AzVMImage.'
    'Get-AzureRmVMAccessExtension' = 'Use Get-AzureRmVMExtension, which is covered.
In Az it is Get-AzVMAccessExtension.'
    'Remove-AzureRmVMAccessExtension' = 'Use Remove-AzureRmVMExtension, which is covered.
In Az it is Remove-AzVMAccessExtension.'
    'Set-AzureRmVMAccessExtension' = 'Use Set-AzureRmVMExtension, which is covered.
In Az it is Set-AzVMAccessExtension.'
    'Get-AzureRmVMImageSku' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Compute/locations/{location}/publishers/{publisherName}/artifacttypes/vmimage/offers/{offer}/skus?api-version=2023-03-01''
In Az it is Get-AzVMImageSku.'
    'Get-AzureRmVMImagePublisher' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Compute/locations/{location}/publishers?api-version=2023-03-01''
In Az it is Get-AzVMImagePublisher.'
    'Get-AzureRmVMImageOffer' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Compute/locations/{location}/publishers/{publisherName}/artifacttypes/vmimage/offers?api-version=2023-03-01''
In Az it is Get-AzVMImageOffer.'
    'Get-AzureRmRemoteDesktopFile' = 'In Az it is Get-AzRemoteDesktopFile.'
    'Get-AzureRmVMUsage' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Compute/locations/{location}/usages?api-version=2023-03-01''
In Az it is Get-AzVMUsage.'
    'Get-AzureRmVMSize' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Compute/locations/{location}/vmSizes?api-version=2023-03-01''
In Az it is Get-AzVMSize.'
    'Save-AzureRmVMImage' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachines/{vmName}/capture?api-version=2023-03-01''
In Az it is Save-AzVMImage.'
    'Set-AzureRmVM' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachines/{vmName}/generalize?api-version=2023-03-01''
In Az it is Set-AzVM.'
    'Add-AzureRmVMAdditionalUnattendContent' = 'In Az it is Add-AzVMAdditionalUnattendContent.'
    'Add-AzureRmVMSshPublicKey' = 'In Az it is Add-AzVMSshPublicKey.'
    'Add-AzureRmVMSecret' = 'In Az it is Add-AzVMSecret.'
    'Remove-AzureRmVMSecret' = 'In Az it is Remove-AzVMSecret.'
    'Remove-AzureRmVMNetworkInterface' = 'In Az it is Remove-AzVMNetworkInterface.'
    'Remove-AzureRmVMDataDisk' = 'In Az it is Remove-AzVMDataDisk.'
    'Set-AzureRmVMBootDiagnostics' = 'In Az it is Set-AzVMBootDiagnostics.'
    'Set-AzureRmVMDataDisk' = 'In Az it is Set-AzVMDataDisk.'
    'Set-AzureRmVMPlan' = 'In Az it is Set-AzVMPlan.'
    'Set-AzureRmVMSourceImage' = 'In Az it is Set-AzVMSourceImage.'
    'Set-AzureRmVMOSDisk' = 'In Az it is Set-AzVMOSDisk.'
    'Get-AzureRmVMBootDiagnosticsData' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachines/{vmName}/retrieveBootDiagnosticsData?api-version=2023-03-01''
In Az it is Get-AzVMBootDiagnosticsData.'
    'New-AzureRmVM' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachines/{vmName}?api-version=2023-03-01'' -Payload $json
In Az it is New-AzVM.'
    'Remove-AzureRmVM' = 'Use Invoke-AzureRmRestMethod -Method DELETE -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachines/{vmName}?api-version=2023-03-01''
In Az it is Remove-AzVM.'
    'New-AzureRmVMConfig' = 'In Az it is New-AzVMConfig.'
    'Set-AzureRmVMOperatingSystem' = 'In Az it is Set-AzVMOperatingSystem.'
    'Add-AzureRmVMDataDisk' = 'In Az it is Add-AzVMDataDisk.'
    'Add-AzureRmVMNetworkInterface' = 'In Az it is Add-AzVMNetworkInterface.'
    'Add-AzureRmVhd' = 'In Az it is Add-AzVhd.'
    'Save-AzureRmVhd' = 'In Az it is Save-AzVhd.'
    'Add-AzureRmContainerServiceAgentPoolProfile' = 'In Az it is Add-AzContainerServiceAgentPoolProfile.'
    'New-AzureRmContainerServiceConfig' = 'In Az it is New-AzContainerServiceConfig.'
    'Remove-AzureRmContainerServiceAgentPoolProfile' = 'In Az it is Remove-AzContainerServiceAgentPoolProfile.'
    'New-AzureRmContainerService' = 'In Az it is New-AzContainerService.'
    'Update-AzureRmContainerService' = 'In Az it is Update-AzContainerService.'
    'Remove-AzureRmContainerService' = 'In Az it is Remove-AzContainerService.'
    'Get-AzureRmContainerService' = 'In Az it is Get-AzContainerService.'
    'Get-AzureRmVmssVM' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}/virtualMachines/{instanceId}?api-version=2023-03-01''
In Az it is Get-AzVmssVM.'
    'Set-AzureRmVmssVM' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}/virtualMachines/{instanceId}/reimage?api-version=2023-03-01''
In Az it is Set-AzVmssVM.'
    'Add-AzureRmVmssAdditionalUnattendContent' = 'In Az it is Add-AzVmssAdditionalUnattendContent.'
    'Add-AzureRmVmssExtension' = 'In Az it is Add-AzVmssExtension.'
    'Add-AzureRmVmssDataDisk' = 'In Az it is Add-AzVmssDataDisk.'
    'Add-AzureRmVmssNetworkInterfaceConfiguration' = 'In Az it is Add-AzVmssNetworkInterfaceConfiguration.'
    'Add-AzureRmVmssSecret' = 'In Az it is Add-AzVmssSecret.'
    'Add-AzureRmVmssSshPublicKey' = 'In Az it is Add-AzVmssSshPublicKey.'
    'Add-AzureRmVmssWinRMListener' = 'In Az it is Add-AzVmssWinRMListener.'
    'New-AzureRmVmssConfig' = 'In Az it is New-AzVmssConfig.'
    'New-AzureRmVmssIpConfig' = 'In Az it is New-AzVmssIpConfig.'
    'New-AzureRmVmssVaultCertificateConfig' = 'In Az it is New-AzVmssVaultCertificateConfig.'
    'Remove-AzureRmVmssExtension' = 'In Az it is Remove-AzVmssExtension.'
    'Remove-AzureRmVmssDataDisk' = 'In Az it is Remove-AzVmssDataDisk.'
    'Remove-AzureRmVmssNetworkInterfaceConfiguration' = 'In Az it is Remove-AzVmssNetworkInterfaceConfiguration.'
    'Set-AzureRmVmssOsProfile' = 'In Az it is Set-AzVmssOsProfile.'
    'Set-AzureRmVmssStorageProfile' = 'In Az it is Set-AzVmssStorageProfile.'
    'New-AzureRmVmss' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}?api-version=2023-03-01'' -Payload $json
In Az it is New-AzVmss.'
    'Update-AzureRmVmss' = 'Use Invoke-AzureRmRestMethod -Method PATCH -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}?api-version=2023-03-01'' -Payload $json
In Az it is Update-AzVmss.'
    'Stop-AzureRmVmss' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}/deallocate?api-version=2023-03-01''
In Az it is Stop-AzVmss.'
    'Remove-AzureRmVmss' = 'Use Invoke-AzureRmRestMethod -Method DELETE -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}?api-version=2023-03-01''
In Az it is Remove-AzVmss.'
    'Get-AzureRmVmss' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}?api-version=2023-03-01''
In Az it is Get-AzVmss.'
    'Get-AzureRmVmssSku' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}/skus?api-version=2023-03-01''
In Az it is Get-AzVmssSku.'
    'Set-AzureRmVmss' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}/reimage?api-version=2023-03-01''
In Az it is Set-AzVmss.'
    'Restart-AzureRmVmss' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}/restart?api-version=2023-03-01''
In Az it is Restart-AzVmss.'
    'Start-AzureRmVmss' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}/start?api-version=2023-03-01''
In Az it is Start-AzVmss.'
    'Update-AzureRmVmssInstance' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}/manualupgrade?api-version=2023-03-01''
In Az it is Update-AzVmssInstance.'
    'Get-AzureRmVMDscExtensionStatus' = 'In Az it is Get-AzVMDscExtensionStatus.'
    'Publish-AzureRmVMDscConfiguration' = 'In Az it is Publish-AzVMDscConfiguration.'
    'Remove-AzureRmVMDscExtension' = 'Use Remove-AzureRmVMExtension, which is covered.
In Az it is Remove-AzVMDscExtension.'
    'Set-AzureRmVMDscExtension' = 'Use Set-AzureRmVMExtension, which is covered.
In Az it is Set-AzVMDscExtension.'
    'Get-AzureRmVMDscExtension' = 'Use Get-AzureRmVMExtension, which is covered.
In Az it is Get-AzVMDscExtension.'
    'Add-AzureRmVmssDiagnosticsExtension' = 'In Az it is Add-AzVmssDiagnosticsExtension.'
    'Get-AzureRmVMChefExtension' = 'Use Get-AzureRmVMExtension, which is covered.
In Az it is Get-AzVMChefExtension.'
    'Remove-AzureRmVMChefExtension' = 'Use Remove-AzureRmVMExtension, which is covered.
In Az it is Remove-AzVMChefExtension.'
    'Set-AzureRmVMChefExtension' = 'Use Set-AzureRmVMExtension, which is covered.
In Az it is Set-AzVMChefExtension.'
    'Remove-AzureRmVMBackup' = 'In Az it is Remove-AzVMBackup.'
    'Disable-AzureRmVMDiskEncryption' = 'In Az it is Disable-AzVMDiskEncryption.'
    'Get-AzureRmVMDiskEncryptionStatus' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachines/{vmName}/instanceView?api-version=2023-03-01''
In Az it is Get-AzVMDiskEncryptionStatus.'
    'Remove-AzureRmVMDiskEncryptionExtension' = 'Use Remove-AzureRmVMExtension, which is covered.
In Az it is Remove-AzVMDiskEncryptionExtension.'
    'Set-AzureRmVMDiskEncryptionExtension' = 'Use Set-AzureRmVMExtension, which is covered.
In Az it is Set-AzVMDiskEncryptionExtension.'
    'Set-AzureRmVMBackupExtension' = 'Use Set-AzureRmVMExtension, which is covered.
In Az it is Set-AzVMBackupExtension.'
    'New-AzureRmDisk' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/disks/{diskName}?api-version=2023-04-02'' -Payload $json
In Az it is New-AzDisk.'
    'Update-AzureRmDisk' = 'Use Invoke-AzureRmRestMethod -Method PATCH -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/disks/{diskName}?api-version=2023-04-02'' -Payload $json
In Az it is Update-AzDisk.'
    'Get-AzureRmDisk' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/disks/{diskName}?api-version=2023-04-02''
In Az it is Get-AzDisk.'
    'Remove-AzureRmDisk' = 'Use Invoke-AzureRmRestMethod -Method DELETE -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/disks/{diskName}?api-version=2023-04-02''
In Az it is Remove-AzDisk.'
    'Grant-AzureRmDiskAccess' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/disks/{diskName}/beginGetAccess?api-version=2023-04-02''
In Az it is Grant-AzDiskAccess.'
    'Revoke-AzureRmDiskAccess' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/disks/{diskName}/endGetAccess?api-version=2023-04-02''
In Az it is Revoke-AzDiskAccess.'
    'New-AzureRmDiskConfig' = 'In Az it is New-AzDiskConfig.'
    'Set-AzureRmDiskDiskEncryptionKey' = 'In Az it is Set-AzDiskDiskEncryptionKey.'
    'Set-AzureRmDiskImageReference' = 'In Az it is Set-AzDiskImageReference.'
    'Set-AzureRmDiskKeyEncryptionKey' = 'In Az it is Set-AzDiskKeyEncryptionKey.'
    'New-AzureRmDiskUpdateConfig' = 'In Az it is New-AzDiskUpdateConfig.'
    'Set-AzureRmDiskUpdateDiskEncryptionKey' = 'In Az it is Set-AzDiskUpdateDiskEncryptionKey.'
    'Set-AzureRmDiskUpdateKeyEncryptionKey' = 'In Az it is Set-AzDiskUpdateKeyEncryptionKey.'
    'New-AzureRmSnapshot' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/snapshots/{snapshotName}?api-version=2023-04-02'' -Payload $json
In Az it is New-AzSnapshot.'
    'Update-AzureRmSnapshot' = 'Use Invoke-AzureRmRestMethod -Method PATCH -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/snapshots/{snapshotName}?api-version=2023-04-02'' -Payload $json
In Az it is Update-AzSnapshot.'
    'Get-AzureRmSnapshot' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/snapshots/{snapshotName}?api-version=2023-04-02''
In Az it is Get-AzSnapshot.'
    'Remove-AzureRmSnapshot' = 'Use Invoke-AzureRmRestMethod -Method DELETE -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/snapshots/{snapshotName}?api-version=2023-04-02''
In Az it is Remove-AzSnapshot.'
    'Grant-AzureRmSnapshotAccess' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/snapshots/{snapshotName}/beginGetAccess?api-version=2023-04-02''
In Az it is Grant-AzSnapshotAccess.'
    'Revoke-AzureRmSnapshotAccess' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/snapshots/{snapshotName}/endGetAccess?api-version=2023-04-02''
In Az it is Revoke-AzSnapshotAccess.'
    'New-AzureRmSnapshotConfig' = 'In Az it is New-AzSnapshotConfig.'
    'Set-AzureRmSnapshotDiskEncryptionKey' = 'In Az it is Set-AzSnapshotDiskEncryptionKey.'
    'Set-AzureRmSnapshotImageReference' = 'In Az it is Set-AzSnapshotImageReference.'
    'Set-AzureRmSnapshotKeyEncryptionKey' = 'In Az it is Set-AzSnapshotKeyEncryptionKey.'
    'New-AzureRmSnapshotUpdateConfig' = 'In Az it is New-AzSnapshotUpdateConfig.'
    'Set-AzureRmSnapshotUpdateDiskEncryptionKey' = 'In Az it is Set-AzSnapshotUpdateDiskEncryptionKey.'
    'Set-AzureRmSnapshotUpdateKeyEncryptionKey' = 'In Az it is Set-AzSnapshotUpdateKeyEncryptionKey.'
    'New-AzureRmImage' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/images/{imageName}?api-version=2023-03-01'' -Payload $json
In Az it is New-AzImage.'
    'Update-AzureRmImage' = 'Use Invoke-AzureRmRestMethod -Method PATCH -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/images/{imageName}?api-version=2023-03-01'' -Payload $json
In Az it is Update-AzImage.'
    'Get-AzureRmImage' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/images/{imageName}?api-version=2023-03-01''
In Az it is Get-AzImage.'
    'Remove-AzureRmImage' = 'Use Invoke-AzureRmRestMethod -Method DELETE -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/images/{imageName}?api-version=2023-03-01''
In Az it is Remove-AzImage.'
    'New-AzureRmImageConfig' = 'In Az it is New-AzImageConfig.'
    'Set-AzureRmImageOsDisk' = 'In Az it is Set-AzImageOsDisk.'
    'Add-AzureRmImageDataDisk' = 'In Az it is Add-AzImageDataDisk.'
    'Remove-AzureRmImageDataDisk' = 'In Az it is Remove-AzImageDataDisk.'
    'ConvertTo-AzureRmVMManagedDisk' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachines/{vmName}/convertToManagedDisks?api-version=2023-03-01''
In Az it is ConvertTo-AzVMManagedDisk.'
    'Set-AzureRmVmssBootDiagnostic' = 'In Az it is Set-AzVmssBootDiagnostic.'
    'Get-AzureRmComputeResourceSku' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Compute/skus?api-version=2021-07-01''
In Az it is Get-AzComputeResourceSku.'
    'Get-AzureRmVMRunCommandDocument' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Compute/locations/{location}/runCommands?api-version=2023-03-01''
In Az it is Get-AzVMRunCommandDocument.'
    'Invoke-AzureRmVMRunCommand' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachines/{vmName}/runCommand?api-version=2023-03-01''
In Az it is Invoke-AzVMRunCommand.'
    'Start-AzureRmVmssRollingOSUpgrade' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}/osRollingUpgrade?api-version=2023-03-01''
In Az it is Start-AzVmssRollingOSUpgrade.'
    'Stop-AzureRmVmssRollingUpgrade' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}/rollingUpgrades/cancel?api-version=2023-03-01''
In Az it is Stop-AzVmssRollingUpgrade.'
    'Get-AzureRmVmssRollingUpgrade' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}/rollingUpgrades/latest?api-version=2023-03-01''
In Az it is Get-AzVmssRollingUpgrade.'
    'Set-AzureRmVmssRollingUpgradePolicy' = 'In Az it is Set-AzVmssRollingUpgradePolicy.'
    'Set-AzureRmVmssDiskEncryptionExtension' = 'In Az it is Set-AzVmssDiskEncryptionExtension.'
    'Disable-AzureRmVmssDiskEncryption' = 'In Az it is Disable-AzVmssDiskEncryption.'
    'Get-AzureRmVmssDiskEncryption' = 'In Az it is Get-AzVmssDiskEncryption.'
    'Get-AzureRmVmssVMDiskEncryption' = 'In Az it is Get-AzVmssVMDiskEncryption.'
    'Export-AzureRmLogAnalyticRequestRateByInterval' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Compute/locations/{location}/logAnalytics/apiAccess/getRequestRateByInterval?api-version=2023-03-01''
In Az it is Export-AzLogAnalyticRequestRateByInterval.'
    'Export-AzureRmLogAnalyticThrottledRequests' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/providers/Microsoft.Compute/locations/{location}/logAnalytics/apiAccess/getThrottledRequests?api-version=2023-03-01''
In Az it is Export-AzLogAnalyticThrottledRequests.'
    'Repair-AzureRmVmssServiceFabricUpdateDomain' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}/forceRecoveryServiceFabricPlatformUpdateDomainWalk?platformUpdateDomain={platformUpdateDomain}&api-version=2023-03-01''
In Az it is Repair-AzVmssServiceFabricUpdateDomain.'
    'New-AzureRmVMDataDisk' = 'In Az it is New-AzVMDataDisk.'
    'Update-AzureRmVmssVM' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}/virtualMachines/{instanceId}?api-version=2023-03-01'' -Payload $json
In Az it is Update-AzVmssVM.'
    'New-AzureRmVmssIpTagConfig' = 'In Az it is New-AzVmssIpTagConfig.'
    'Invoke-AzureRmVmssVMRunCommand' = 'Use Invoke-AzureRmRestMethod -Method POST -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}/virtualMachines/{instanceId}/runCommand?api-version=2023-03-01''
In Az it is Invoke-AzVmssVMRunCommand.'
    'New-AzureRmGallery' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/galleries/{galleryName}?api-version=2022-08-03'' -Payload $json
In Az it is New-AzGallery.'
    'Update-AzureRmGallery' = 'Use Invoke-AzureRmRestMethod -Method PATCH -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/galleries/{galleryName}?api-version=2022-08-03'' -Payload $json
In Az it is Update-AzGallery.'
    'Get-AzureRmGallery' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/galleries/{galleryName}?api-version=2022-08-03''
In Az it is Get-AzGallery.'
    'Remove-AzureRmGallery' = 'Use Invoke-AzureRmRestMethod -Method DELETE -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/galleries/{galleryName}?api-version=2022-08-03''
In Az it is Remove-AzGallery.'
    'New-AzureRmGalleryImageDefinition' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/galleries/{galleryName}/images/{imageName}?api-version=2022-08-03'' -Payload $json
In Az it is New-AzGalleryImageDefinition.'
    'Update-AzureRmGalleryImageDefinition' = 'Use Invoke-AzureRmRestMethod -Method PATCH -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/galleries/{galleryName}/images/{imageName}?api-version=2022-08-03'' -Payload $json
In Az it is Update-AzGalleryImageDefinition.'
    'Get-AzureRmGalleryImageDefinition' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/galleries/{galleryName}/images/{imageName}?api-version=2022-08-03''
In Az it is Get-AzGalleryImageDefinition.'
    'Remove-AzureRmGalleryImageDefinition' = 'Use Invoke-AzureRmRestMethod -Method DELETE -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/galleries/{galleryName}/images/{imageName}?api-version=2022-08-03''
In Az it is Remove-AzGalleryImageDefinition.'
    'New-AzureRmGalleryImageVersion' = 'Use Invoke-AzureRmRestMethod -Method PUT -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/galleries/{galleryName}/images/{imageName}/versions/{version}?api-version=2022-08-03'' -Payload $json
In Az it is New-AzGalleryImageVersion.'
    'Update-AzureRmGalleryImageVersion' = 'Use Invoke-AzureRmRestMethod -Method PATCH -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/galleries/{galleryName}/images/{imageName}/versions/{version}?api-version=2022-08-03'' -Payload $json
In Az it is Update-AzGalleryImageVersion.'
    'Get-AzureRmGalleryImageVersion' = 'Use Invoke-AzureRmRestMethod -Method GET -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/galleries/{galleryName}/images/{imageName}/versions/{version}?api-version=2022-08-03''
In Az it is Get-AzGalleryImageVersion.'
    'Remove-AzureRmGalleryImageVersion' = 'Use Invoke-AzureRmRestMethod -Method DELETE -Path ''/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/galleries/{galleryName}/images/{imageName}/versions/{version}?api-version=2022-08-03''
In Az it is Remove-AzGalleryImageVersion.'
    'Add-AzureRmVmssVMDataDisk' = 'In Az it is Add-AzVmssVMDataDisk.'
    'Remove-AzureRmVmssVMDataDisk' = 'In Az it is Remove-AzVmssVMDataDisk.'
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
    'Get-AzureRmVmssDiskEncryptionStatus' = 'Get-AzureRmVmssDiskEncryption'
    'Get-AzureRmVmssVMDiskEncryptionStatus' = 'Get-AzureRmVmssVMDiskEncryption'
    'Repair-AzureRmVmssServiceFabricUD' = 'Repair-AzureRmVmssServiceFabricUpdateDomain'
}

$items = $ExecutionContext.InvokeProvider.Item
foreach ($name in @(
        'Get-AzureRmVM',
        'Update-AzureRmVM',
        'Start-AzureRmVM',
        'Stop-AzureRmVM',
        'Restart-AzureRmVM',
        'Get-AzureRmVMExtension',
        'Set-AzureRmVMExtension',
        'Remove-AzureRmVMExtension'
    )) {
    $null = $items.Set("function:script:$name", $script:PyBridge.ExportedFunctions[$name].ScriptBlock)
}
foreach ($name in $script:NotCovered.Keys) { $null = $items.Set("function:script:$name", $refuse) }
foreach ($name in $aliases.Keys) { $null = $items.Set("alias:$name", $aliases[$name]) }
