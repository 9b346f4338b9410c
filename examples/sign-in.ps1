# Signs in as the managed identity of this VM the way scripts of 2017 do it: fetch a token from the MSI endpoint on
# port 50342, sign in with it, and look up whose it is. Nothing in it knows of pybridge.
#
#   pybridge emulate -- pwsh -NoProfile -File examples/sign-in.ps1

param(
    [string] $ResourceGroupName = 'myResourceGroup',
    [string] $Name = 'myVM'
)

$ErrorActionPreference = 'Stop'

$answer = Invoke-WebRequest -Uri http://localhost:50342/oauth2/token -Headers @{ Metadata = 'true' } `
    -Body @{ resource = 'https://management.azure.com/' }
$token = ($answer.Content | ConvertFrom-Json).access_token
"A token of $($token.Length) characters came from the MSI endpoint."

Login-AzureRmAccount -AccessToken $token -AccountId 'MSI@50342'

$vm = Get-AzureRmVM -ResourceGroupName $ResourceGroupName -Name $Name
"$($vm.Name) in $($vm.Location) has the service principal $($vm.Identity.PrincipalId)."
