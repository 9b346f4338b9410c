# What cmdlets and variables of PowerShell 7 Windows PowerShell 5.1 lacks. Names in a text are separated by blanks.
@{
    Commands   = @'
ConvertFrom-CliXml ConvertTo-CliXml ConvertFrom-Markdown Show-Markdown Get-MarkdownOption Set-MarkdownOption
Get-Error Get-Uptime Get-SecureRandom Join-String Remove-Alias Remove-Service Test-Json Switch-Process
Get-ExperimentalFeature Enable-ExperimentalFeature Disable-ExperimentalFeature Get-PSSubsystem
'@

    Parameters = @{
        'Add-Content'               = 'AsByteStream'
        'Add-Type'                  = 'CompilerOptions'
        'Convert-Path'              = 'Force'
        'ConvertFrom-Json'          = 'AsHashtable Depth NoEnumerate DateKind'
        'ConvertFrom-SecureString'  = 'AsPlainText'
        'ConvertFrom-StringData'    = 'Delimiter'
        'ConvertTo-Csv'             = 'IncludeTypeInformation QuoteFields UseQuotes NoHeader'
        'ConvertTo-Html'            = 'Meta Charset Transitional'
        'ConvertTo-Json'            = 'EnumsAsStrings AsArray EscapeHandling'
        'Enter-PSSession'           = 'HostName UserName KeyFilePath Subsystem SSHTransport'
        'Export-Csv'                = 'IncludeTypeInformation QuoteFields UseQuotes NoHeader'
        'ForEach-Object'            = 'Parallel ThrottleLimit TimeoutSeconds AsJob UseNewRunspace'
        'Format-Hex'                = 'Count Offset'
        'Format-Table'              = 'RepeatHeader'
        'Get-ChildItem'             = 'FollowSymlink'
        'Get-Clipboard'             = 'Delimiter'
        'Get-Command'               = 'ExcludeModule UseFuzzyMatching UseAbbreviationExpansion'
        'Get-Content'               = 'AsByteStream'
        'Get-Credential'            = 'Title'
        'Get-Culture'               = 'Name NoUserOverrides ListAvailable'
        'Get-Date'                  = 'UnixTimeSeconds AsUTC'
        'Get-Module'                = 'SkipEditionCheck'
        'Get-PfxCertificate'        = 'Password NoPromptForPassword'
        'Get-Random'                = 'Shuffle'
        'Get-Unique'                = 'CaseInsensitive'
        'Import-Module'             = 'SkipEditionCheck UseWindowsPowerShell'
        'Import-PowerShellDataFile' = 'SkipLimitCheck'
        'Invoke-Command'            = 'HostName UserName KeyFilePath Subsystem SSHTransport SSHConnection RemoteDebug'
        'Invoke-RestMethod'         = @'
FollowRelLink MaximumFollowRelLink ResponseHeadersVariable StatusCodeVariable HttpVersion Authentication Token Form
AllowUnencryptedAuthentication AllowInsecureRedirect SkipCertificateCheck SkipHeaderValidation SkipHttpErrorCheck
SslProtocol ConnectionTimeoutSeconds OperationTimeoutSeconds MaximumRetryCount RetryIntervalSec CustomMethod NoProxy
PreserveAuthorizationOnRedirect PreserveHttpMethodOnRedirect UnixSocket Resume
'@
        'Invoke-WebRequest'         = @'
HttpVersion Authentication Token Form AllowUnencryptedAuthentication AllowInsecureRedirect SkipCertificateCheck
SkipHeaderValidation SkipHttpErrorCheck SslProtocol ConnectionTimeoutSeconds OperationTimeoutSeconds MaximumRetryCount
RetryIntervalSec CustomMethod NoProxy PreserveAuthorizationOnRedirect PreserveHttpMethodOnRedirect UnixSocket Resume
'@
        'Join-Path'                 = 'AdditionalChildPath'
        'Measure-Object'            = 'StandardDeviation AllStats'
        'New-Guid'                  = 'Empty InputObject'
        'New-ModuleManifest'        = 'Prerelease RequireLicenseAcceptance ExternalModuleDependencies'
        'New-PSSession'             = 'UseWindowsPowerShell HostName UserName KeyFilePath Subsystem SSHTransport SSHConnection'
        'New-TimeSpan'              = 'Milliseconds'
        'Out-String'                = 'NoNewline'
        'Read-Host'                 = 'MaskInput'
        'Register-ArgumentCompleter' = 'NativeFallback'
        'Resolve-Path'              = 'RelativeBasePath Force'
        'Select-Object'             = 'CaseInsensitive SkipIndex'
        'Select-String'             = 'Culture Raw NoEmphasis'
        'Set-Content'               = 'AsByteStream'
        'Set-Variable'              = 'Append'
        'Sort-Object'               = 'Stable Top Bottom'
        'Split-Path'                = 'LeafBase Extension'
        'Start-Job'                 = 'WorkingDirectory'
        'Start-Process'             = 'Environment'
        'Start-Sleep'               = 'Duration'
        'Tee-Object'                = 'Encoding'
        'Test-Connection'           = 'Ping IPv4 IPv6 ResolveDestination MaxHops Repeat TimeoutSeconds TargetName TcpPort Traceroute'
        'Wait-Process'              = 'Any PassThru'
        'Where-Object'              = 'Not'
    }

    # Of any command: arguments that 5.1 does not take.
    Values     = @{
        Encoding          = 'utf8BOM utf8NoBOM bigendianutf32 ansi'
        ErrorAction       = 'Break'
        WarningAction     = 'Break'
        InformationAction = 'Break'
    }

    # What a command needs there. "-" before a parameter: only where that parameter is given.
    Needs      = @{
        'ConvertTo-SecureString' = @('-AsPlainText', 'Force', '5.1 takes plain text only with -Force')
        'Invoke-RestMethod'      = @('', 'UseBasicParsing', 'without it 5.1 asks a security question')
        'Invoke-WebRequest'      = @('', 'UseBasicParsing', 'without it 5.1 asks a security question')
    }

    # How many positional arguments there may be.
    Positions  = @{
        'Join-Path' = 2
    }

    # Names that the table above goes by, for those who abbreviate.
    Aliases    = @{
        '%' = 'ForEach-Object'; 'foreach' = 'ForEach-Object'; '?' = 'Where-Object'; 'where' = 'Where-Object'
        'iwr' = 'Invoke-WebRequest'; 'curl' = 'Invoke-WebRequest'; 'wget' = 'Invoke-WebRequest'; 'irm' = 'Invoke-RestMethod'
        'gc' = 'Get-Content'; 'cat' = 'Get-Content'; 'type' = 'Get-Content'; 'sc' = 'Set-Content'; 'ac' = 'Add-Content'
        'gci' = 'Get-ChildItem'; 'dir' = 'Get-ChildItem'; 'ls' = 'Get-ChildItem'; 'sls' = 'Select-String'
        'sort' = 'Sort-Object'; 'select' = 'Select-Object'; 'sajb' = 'Start-Job'; 'saps' = 'Start-Process'
        'icm' = 'Invoke-Command'; 'ipmo' = 'Import-Module'; 'sleep' = 'Start-Sleep'; 'measure' = 'Measure-Object'
    }

    Variables  = @'
IsWindows IsLinux IsMacOS IsCoreCLR PSStyle EnabledExperimentalFeatures PSNativeCommandArgumentPassing
PSNativeCommandUseErrorActionPreference
'@
}
