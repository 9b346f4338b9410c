# PSScriptAnalyzer: all of its default rules, which hold the PowerShell Gallery's, and those for two editions and layout.
# CI runs it over powershell/PyBridge, powershell/AzureRM, examples, benchmarks and tests/windows_powershell, and any
# finding fails. What an editor shows with these settings is what CI shows.
@{
    IncludeDefaultRules = $true
    Severity            = @('Error', 'Warning', 'Information')

    ExcludeRules        = @(
        # Commands say SupportsShouldProcess, as the spec does; ShouldProcess is asked in the one function that they call.
        'PSShouldProcess',
        # A completer is given five arguments by position, and names those that it has no use for.
        'PSReviewUnusedParameter',
        # Functions of our own are called by position: named parameters cost time on the way of every call.
        'PSAvoidUsingPositionalParameters'
    )

    # PSUseConsistentIndentation is left out: versions of the analyzer disagree on what stays open at the end of a line.
    Rules               = @{
        PSUseCompatibleSyntax       = @{
            Enable         = $true
            TargetVersions = @('5.1', '7.0')
        }
        PSUseCompatibleCommands     = @{
            Enable         = $true
            # Windows PowerShell 5.1 and PowerShell 7 on Windows Server 2019, PowerShell 7 on Linux.
            TargetProfiles = @(
                'win-8_x64_10.0.17763.0_5.1.17763.316_x64_4.0.30319.42000_framework',
                'win-8_x64_10.0.17763.0_7.0.0_x64_3.1.2_core',
                'ubuntu_x64_18.04_7.0.0_x64_3.1.2_core'
            )
        }
        PSUseCompatibleTypes        = @{
            Enable         = $true
            TargetProfiles = @(
                'win-8_x64_10.0.17763.0_5.1.17763.316_x64_4.0.30319.42000_framework',
                'win-8_x64_10.0.17763.0_7.0.0_x64_3.1.2_core',
                'ubuntu_x64_18.04_7.0.0_x64_3.1.2_core'
            )
        }
        PSPlaceOpenBrace            = @{
            Enable             = $true
            OnSameLine         = $true
            NewLineAfter       = $true
            IgnoreOneLineBlock = $true
        }
        PSPlaceCloseBrace           = @{
            Enable             = $true
            NewLineAfter       = $true
            IgnoreOneLineBlock = $true
            NoEmptyLineBefore  = $true
        }
        PSUseConsistentWhitespace   = @{
            Enable          = $true
            CheckInnerBrace = $true
            CheckOpenBrace  = $true
            CheckOpenParen  = $true
            CheckPipe       = $true
            CheckSeparator  = $true
            # Tables are aligned.
            IgnoreAssignmentOperatorInsideHashTable = $true
        }
        PSAvoidSemicolonsAsLineTerminators        = @{ Enable = $true }
        PSAvoidUsingDoubleQuotesForConstantString = @{ Enable = $true }
        PSUseCorrectCasing                        = @{ Enable = $true }
    }
}
