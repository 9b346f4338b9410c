# The same as sign-in.ps1 with no token in the script at all; and this sign-in renews itself.
#
#   pybridge emulate -- pwsh -NoProfile -File examples/sign-in-short.ps1

param(
    [string] $ResourceGroupName = 'myResourceGroup',
    [string] $Name = 'myVM'
)

Login-AzureRmAccount -Identity
(Get-AzureRmVM $ResourceGroupName $Name).Identity.PrincipalId
