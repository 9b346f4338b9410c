# Bytes and tokens that 5.1 reads otherwise.

function Find-TextFault {
    # A file without a byte order mark is read there in the code page of the machine: so there is ASCII only.
    param([byte[]] $Bytes)

    # A character for each byte.
    $text = [System.Text.Encoding]::GetEncoding(28591).GetString($Bytes)
    foreach ($match in [regex]::Matches($text, '[^\x00-\x7f]+')) {
        Write-Fault (Get-LineNumber $text $match.Index) 'a byte beyond ASCII: 5.1 reads it in the code page of the machine'
    }
    $unix = [regex]::Match($text, '(?<!\r)\n')
    $windows = [regex]::Match($text, '\r\n')
    if ($unix.Success -and $windows.Success) {
        $line = Get-LineNumber $text ([math]::Max($unix.Index, $windows.Index))
        Write-Fault $line 'LF and CRLF are mixed: texts of many lines would hold both'
    }
}

function Get-LineNumber {
    param([string] $Text, [int] $Index)

    $Text.Substring(0, $Index).Split([char]10).Count
}

function Find-TokenFault {
    # Escapes and numbers that are something else there, and lines that begin with a pipe.
    param($Tokens)

    $previous = $null
    foreach ($token in $Tokens) {
        $line = $token.Extent.StartLineNumber
        $text = $token.Text
        switch ([string]$token.Kind) {
            { $_ -in 'StringExpandable', 'HereStringExpandable', 'Generic' } {
                # Pairs of backticks are a backtick.
                $rest = $text.Replace('``', '')
                if ($rest -cmatch '`u\{') { Write-Fault $line 'the escape `u{...} is from PowerShell 6' }
                if ($rest -cmatch '`e') { Write-Fault $line 'the escape `e is from PowerShell 6: 5.1 takes it for an e' }
            }
            'Number' {
                if ($text -match '^[+-]?0b') { Write-Fault $line "the binary number $text is from PowerShell 7" }
                elseif ($text -notmatch '^[+-]?0x' -and $text -match '(?:u|us|ul|y|uy|s|n)(?:[kmgtp]b)?$') {
                    Write-Fault $line "the suffix of the number $text is from PowerShell 6.2"
                }
                elseif ($text -match '^[+-]?0x[0-9a-f]*(?:u|us|ul|y|uy|s|n)$') {
                    Write-Fault $line "the suffix of the number $text is from PowerShell 6.2"
                }
            }
            'Pipe' {
                if ($null -ne $previous -and $previous.Extent.EndLineNumber -lt $line -and $previous.Kind -ne 'LineContinuation') {
                    Write-Fault $line 'a line that begins with a pipe is from PowerShell 7: end the line before with it'
                }
            }
        }
        if ($token.Kind -notin 'NewLine', 'Comment') { $previous = $token }
    }
}
