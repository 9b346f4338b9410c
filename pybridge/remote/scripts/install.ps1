# Puts a module into a folder of modules, as NAME\VERSION. It is asked first, without the module, whether it is there.
#
# Question  name, version, guid
#           files     the SHA-256 of each file by its path
#           scope     CurrentUser or AllUsers; or modules, the folder of modules itself
#           sha256, package   the module as a zip in base64: it is put there
# Answer    state     there, absent or installed
#           path      the module's folder
#           failed, text   or why not: a word and what the system says

param([string] $Question)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$hasher = [System.Security.Cryptography.SHA256]::Create()

# <json.ps1>

function Stop-Install {
    param([string] $Why, [string] $Text)

    $problem = [System.InvalidOperationException]::new($Text)
    $problem.Data['why'] = $Why
    throw $problem
}

function Get-Hash {
    param([byte[]] $Bytes)

    [System.BitConverter]::ToString($hasher.ComputeHash($Bytes)).Replace('-', '').ToLowerInvariant()
}

function Get-ModulesFolder {
    param($Asked)

    if ($Asked['modules']) { return [System.IO.Path]::GetFullPath($Asked['modules']) }
    if ([System.IO.Path]::DirectorySeparatorChar -eq '/') {
        if ($Asked['scope'] -eq 'AllUsers') { return '/usr/local/share/powershell/Modules' }
        $data = [System.Environment]::GetFolderPath('LocalApplicationData', 'DoNotVerify')
        return [System.IO.Path]::Combine($data, 'powershell', 'Modules')
    }
    $place = if ($Asked['scope'] -eq 'AllUsers') { 'ProgramFiles' } else { 'MyDocuments' }
    $folder = [System.Environment]::GetFolderPath($place, 'DoNotVerify')
    if (-not $folder) { Stop-Install 'no_folder' "Windows names no folder $place for this user" }
    [System.IO.Path]::Combine($folder, 'WindowsPowerShell', 'Modules')
}

function Test-Installed {
    # Whether a folder holds these files, each as it should be; more may stand beside them.
    param([string] $Folder, $Files)

    foreach ($file in $Files.GetEnumerator()) {
        $path = [System.IO.Path]::Combine($Folder, $file.Key)
        if (-not [System.IO.File]::Exists($path)) { return $false }
        if ((Get-Hash ([System.IO.File]::ReadAllBytes($path))) -ne $file.Value) { return $false }
    }
    $true
}

function Assert-Ours {
    # Another module of that name and version stays where it is.
    param([string] $Folder, $Asked)

    if (-not [System.IO.Directory]::Exists($Folder)) { return }
    $manifest = [System.IO.Path]::Combine($Folder, "$($Asked['name']).psd1")
    if ([System.IO.File]::Exists($manifest) -and [System.IO.File]::ReadAllText($manifest).Contains($Asked['guid'])) { return }
    Stop-Install 'foreign' 'another module of that name is there'
}

function Remove-Leftover {
    # What an installation left that was cut off. One that is under way is younger.
    param([string] $Folder)

    foreach ($path in [System.IO.Directory]::GetDirectories($Folder, '.pybridge-*')) {
        if ([System.IO.Directory]::GetLastWriteTimeUtc($path).AddHours(1) -lt [System.DateTime]::UtcNow) { Remove-Folder $path }
    }
}

function Expand-Package {
    # Only the files that were announced, into a folder that is new.
    param([byte[]] $Bytes, [string] $Folder, $Files)

    $null = [System.Reflection.Assembly]::Load(
        'System.IO.Compression, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089')
    $archive = [System.IO.Compression.ZipArchive]::new([System.IO.MemoryStream]::new($Bytes, $false))
    foreach ($file in $Files.GetEnumerator()) {
        $path = [System.IO.Path]::Combine($Folder, $file.Key)
        $null = [System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($path))
        $source = $archive.GetEntry($file.Key).Open()
        $target = [System.IO.File]::Create($path)
        try { $source.CopyTo($target) } finally { $target.Dispose(); $source.Dispose() }
    }
    $archive.Dispose()
}

function Install-Package {
    param($Asked, [string] $Target)

    $bytes = [System.Convert]::FromBase64String($Asked['package'])
    if ((Get-Hash $bytes) -ne $Asked['sha256']) { Stop-Install 'checksum' 'what came is not what was sent' }
    $parent = [System.IO.Path]::GetDirectoryName($Target)
    $null = [System.IO.Directory]::CreateDirectory($parent)
    Remove-Leftover $parent
    $id = [System.Guid]::NewGuid().ToString('N')
    $fresh = [System.IO.Path]::Combine($parent, ".pybridge-$id-new")
    $old = [System.IO.Path]::Combine($parent, ".pybridge-$id-old")
    try {
        Expand-Package $bytes $fresh $Asked['files']
        if (-not (Test-Installed $fresh $Asked['files'])) { Stop-Install 'checksum' 'a file is not as it was packed' }
        if ([System.IO.Directory]::Exists($Target)) {
            $interpreter = [System.IO.Path]::Combine($Target, 'interpreter.txt')
            if ([System.IO.File]::Exists($interpreter)) {
                [System.IO.File]::Copy($interpreter, [System.IO.Path]::Combine($fresh, 'interpreter.txt'))
            }
            # Set aside, not removed: whatever fails, there is a module.
            [System.IO.Directory]::Move($Target, $old)
        }
        try {
            [System.IO.Directory]::Move($fresh, $Target)
        }
        catch {
            if (Test-Installed $Target $Asked['files']) { return }  # somebody else was first, with the same
            if ([System.IO.Directory]::Exists($old)) { [System.IO.Directory]::Move($old, $Target) }
            throw
        }
    }
    finally {
        if ([System.IO.Directory]::Exists($Target)) { Remove-Folder $old }
        Remove-Folder $fresh
    }
}

function Remove-Folder {
    # If it can be removed; the next installation tries again.
    param([string] $Folder)

    try { if ([System.IO.Directory]::Exists($Folder)) { [System.IO.Directory]::Delete($Folder, $true) } } catch { $null = $_ }
}

$answer = @{ state = 'absent'; path = '' }
try {
    $asked = Read-Json $Question
    $base = [System.IO.Path]::Combine((Get-ModulesFolder $asked), $asked['name'])
    $answer.path = [System.IO.Path]::Combine($base, $asked['version'])
    if (Test-Installed $answer.path $asked['files']) {
        $answer.state = 'there'
    }
    else {
        Assert-Ours $answer.path $asked
        if ($asked['package']) {
            Install-Package $asked $answer.path
            $answer.state = 'installed'
        }
    }
}
catch {
    $problem = $_.Exception
    if ($problem -is [System.Management.Automation.MethodInvocationException]) { $problem = $problem.InnerException }
    $answer.failed = if ($problem.Data['why']) { $problem.Data['why'] } else { $problem.GetType().Name }
    $answer.text = $problem.Message
}
finally {
    $hasher.Dispose()
}
[regex]::Replace((ConvertTo-Json -InputObject $answer -Compress), '[^ -~]', { param($it) '\u{0:x4}' -f [int]$it.Value[0] })
