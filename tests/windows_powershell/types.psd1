# What types and members of .NET 10 .NET Framework 4.7.2 lacks, and those of PowerShell 7's engine that 5.1's lacks.
# Taken from the assemblies of both; only what a script may come to use.
@{
    # Whole namespaces.
    Namespaces = @'
System.Text.Json System.Threading.Channels System.Collections.Immutable System.Collections.Frozen System.IO.Pipelines
System.Formats.Asn1 System.Formats.Tar System.Diagnostics.Metrics System.Buffers System.Net.Quic
System.Runtime.Intrinsics System.IO.Enumeration
'@

    Types      = @{
        'System' = @'
DateOnly TimeOnly HashCode Half Int128 UInt128 Index Range MathF MemoryExtensions Memory`1 ReadOnlyMemory`1 Span`1
ReadOnlySpan`1 TimeProvider GCMemoryInfo IAsyncDisposable
'@
        'System.IO' = 'EnumerationOptions FileStreamOptions MatchCasing MatchType RandomAccess UnixFileMode'
        'System.IO.Compression' = 'BrotliStream BrotliEncoder BrotliDecoder ZLibStream'
        'System.Collections.Generic' = @'
CollectionExtensions IAsyncEnumerable`1 IReadOnlySet`1 KeyValuePair OrderedDictionary`2 PriorityQueue`2
ReferenceEqualityComparer
'@
        'System.Diagnostics' = 'Activity ActivitySource DiagnosticListener DiagnosticSource UnreachableException'
        'System.Globalization' = 'ISOWeek'
        'System.Management.Automation' = @'
ArgumentCompletionsAttribute ArgumentCompleterFactoryAttribute ErrorView ExperimentalAttribute ExperimentalFeature
IArgumentCompleterFactory IValidateSetValuesGenerator NativeArgumentPassingStyle NativeCommandExitException
OrderedHashtable OutputRendering Platform PSStyle SemanticVersion ValidateNotNullOrWhiteSpaceAttribute
ValidateRangeKind ValidateTrustedDataAttribute
'@
        'System.Management.Automation.Language' = @'
ChainableAst NoRunspaceAffinityAttribute PipelineChainAst TernaryExpressionAst
'@
        'System.Management.Automation.Runspaces' = 'SSHConnectionInfo'
        'System.Net' = 'IPNetwork'
        'System.Net.Http' = 'SocketsHttpHandler HttpRequestOptions HttpVersionPolicy HttpRequestError ReadOnlyMemoryContent'
        'System.Net.Security' = 'NegotiateAuthentication SslClientAuthenticationOptions SslServerAuthenticationOptions'
        'System.Net.Sockets' = 'UnixDomainSocketEndPoint'
        'System.Runtime.InteropServices' = 'CollectionsMarshal MemoryMarshal NativeLibrary NativeMemory PosixSignal PosixSignalRegistration'
        'System.Security.Cryptography' = @'
AesCcm AesGcm ChaCha20Poly1305 CryptographicOperations HKDF PbeEncryptionAlgorithm PbeParameters PemEncoding SHA3_256
SHA3_384 SHA3_512
'@
        'System.Text' = 'Ascii CodePagesEncodingProvider CompositeFormat Rune'
        'System.Threading' = 'Lock PeriodicTimer'
        'System.Threading.Tasks' = 'TaskCompletionSource ValueTask ValueTask`1'
    }

    # The members of a type that 5.1 has. "::" static; "/2" with that many arguments; "~" the name is also one of types
    # that have it there, so it is refused only where the type is seen.
    Members    = @{
        'System.Array' = '::Fill ::Clear/1 ::MaxLength'
        'System.ArgumentException' = '::ThrowIfNullOrEmpty ::ThrowIfNullOrWhiteSpace'
        'System.ArgumentNullException' = '::ThrowIfNull'
        'System.BitConverter' = '::ToInt32/1 ::ToInt64/1 ::ToUInt32/1 ::Int32BitsToSingle ::SingleToInt32Bits'
        'System.Char' = @'
::IsAscii ::IsAsciiDigit ::IsAsciiHexDigit ::IsAsciiLetter ::IsAsciiLetterLower ::IsAsciiLetterOrDigit
::IsAsciiLetterUpper ::IsBetween
'@
        'System.Collections.Concurrent.ConcurrentBag`1' = '~Clear'
        'System.Collections.Concurrent.ConcurrentQueue`1' = '~Clear'
        'System.Collections.Generic.Dictionary`2' = 'TryAdd ~Capacity ~EnsureCapacity ~Remove/2 ~TrimExcess'
        'System.Collections.Generic.HashSet`1' = '~Capacity ~EnsureCapacity'
        'System.Collections.Generic.List`1' = '~EnsureCapacity ~Slice'
        'System.Collections.Generic.Queue`1' = '~EnsureCapacity ~TryDequeue ~TryPeek'
        'System.Collections.Generic.Stack`1' = '~EnsureCapacity ~TryPop ~TryPeek'
        'System.Convert' = '::FromHexString ::ToHexString ::ToHexStringLower ::TryFromBase64String'
        'System.DateTime' = 'Microsecond Nanosecond AddMicroseconds ::UnixEpoch'
        'System.DateTimeOffset' = 'Microsecond Nanosecond AddMicroseconds TotalOffsetMinutes ::UnixEpoch'
        'System.Diagnostics.Process' = 'Kill/1 WaitForExitAsync'
        'System.Diagnostics.ProcessStartInfo' = 'ArgumentList StandardInputEncoding'
        'System.Diagnostics.Stopwatch' = '::GetElapsedTime'
        'System.Environment' = '::CpuUsage ::IsPrivilegedProcess ::ProcessId ::ProcessPath ::TickCount64'
        'System.Guid' = 'TryWriteBytes Variant ~Version ::CreateVersion7 ::AllBitsSet'
        'System.IO.Directory' = '::CreateSymbolicLink ::CreateTempSubdirectory ::ResolveLinkTarget'
        'System.IO.DirectoryInfo' = 'CreateAsSymbolicLink LinkTarget ResolveLinkTarget UnixFileMode'
        'System.IO.File' = @'
::AppendAllBytes ::AppendAllBytesAsync ::AppendAllLinesAsync ::AppendAllTextAsync ::CreateSymbolicLink
::GetUnixFileMode ::Move/3 ::ReadAllBytesAsync ::ReadAllLinesAsync ::ReadAllTextAsync ::ReadLinesAsync
::ResolveLinkTarget ::SetUnixFileMode ::WriteAllBytesAsync ::WriteAllLinesAsync ::WriteAllTextAsync
'@
        'System.IO.FileInfo' = 'CreateAsSymbolicLink LinkTarget ResolveLinkTarget UnixFileMode ~MoveTo/2'
        'System.IO.Path' = @'
::EndsInDirectorySeparator ::Exists ::GetFullPath/2 ::GetRelativePath ::IsPathFullyQualified ::Join
::TrimEndingDirectorySeparator
'@
        'System.IO.Stream' = 'DisposeAsync ReadAtLeast ReadExactly ReadExactlyAsync'
        'System.IO.StreamReader' = 'ReadLineAsync/1 ReadToEndAsync/1'
        'System.IO.TextReader' = 'ReadLineAsync/1 ReadToEndAsync/1'
        'System.Linq.Enumerable' = @'
::Chunk ::CountBy ::DistinctBy ::ExceptBy ::IntersectBy ::MaxBy ::MinBy ::Order ::OrderDescending ::SkipLast
::TakeLast ::UnionBy
'@
        'System.Management.Automation.ActionPreference' = '::Break'
        'System.Management.Automation.ParameterAttribute' = 'ExperimentAction ExperimentName'
        'System.Management.Automation.PowerShell' = '~InvokeAsync StopAsync'
        'System.Management.Automation.PSCmdlet' = 'PipelineStopToken'
        'System.Management.Automation.ValidatePatternAttribute' = '~ErrorMessage'
        'System.Management.Automation.ValidateScriptAttribute' = '~ErrorMessage'
        'System.Management.Automation.ValidateSetAttribute' = '~ErrorMessage'
        'System.Math' = @'
::Acosh ::Asinh ::Atanh ::BitDecrement ::BitIncrement ::Cbrt ::Clamp ::CopySign ::DivRem/2 ::FusedMultiplyAdd ::Log2
::MaxMagnitude ::MinMagnitude ::ScaleB ::SinCos ::Tau
'@
        'System.Net.Http.HttpClient' = 'DefaultRequestVersion PatchAsync GetStringAsync/2 GetStreamAsync/2 ~Send ::DefaultProxy'
        'System.Net.Http.HttpContent' = 'ReadAsStream ReadAsByteArrayAsync/1 ReadAsStreamAsync/1 ReadAsStringAsync/1'
        'System.Net.Http.HttpMethod' = '::Connect ::Parse ::Patch ::Query'
        'System.Net.HttpStatusCode' = @'
::EarlyHints ::FailedDependency ::Locked ::LoopDetected ::MisdirectedRequest ::MultiStatus ::PermanentRedirect
::PreconditionRequired ::TooManyRequests ::UnprocessableContent ::UnprocessableEntity
'@
        'System.Net.IPEndPoint' = '::Parse ::TryParse'
        'System.Net.SecurityProtocolType' = '::Tls13'
        'System.Random' = 'NextInt64 NextSingle Shuffle GetHexString ::Shared'
        'System.Runtime.InteropServices.Marshal' = '::PtrToStringUTF8 ::StringToCoTaskMemUTF8 ::ZeroFreeCoTaskMemUTF8'
        'System.Runtime.InteropServices.OSPlatform' = '::FreeBSD'
        'System.Runtime.InteropServices.RuntimeInformation' = '::RuntimeIdentifier'
        'System.Security.Authentication.SslProtocols' = '::Tls13'
        'System.Security.Cryptography.HMACSHA256' = '::HashData'
        'System.Security.Cryptography.MD5' = '::HashData'
        'System.Security.Cryptography.RandomNumberGenerator' = '::Fill ::GetBytes ::GetHexString ::GetInt32 ::GetItems ::GetString ::Shuffle'
        'System.Security.Cryptography.RSA' = 'ExportPkcs8PrivateKey ImportFromPem ImportPkcs8PrivateKey ImportRSAPrivateKey'
        'System.Security.Cryptography.SHA1' = '::HashData'
        'System.Security.Cryptography.SHA256' = '::HashData'
        'System.Security.Cryptography.SHA512' = '::HashData'
        'System.Security.Cryptography.X509Certificates.X509Certificate2' = @'
CopyWithPrivateKey ExportCertificatePem MatchesHostname ::CreateFromPem ::CreateFromPemFile
'@
        'System.String' = 'Contains/2 Replace/3 Replace/4 EnumerateRunes ReplaceLineEndings ::Create'
        'System.Text.Encoding' = '::Latin1'
        'System.Text.RegularExpressions.GroupCollection' = '~ContainsKey ~Keys ~TryGetValue ~Values'
        'System.Text.RegularExpressions.Regex' = '~Count EnumerateMatches ::Count'
        'System.Text.RegularExpressions.RegexOptions' = '::NonBacktracking'
        'System.Text.StringBuilder' = 'AppendJoin GetChunks'
        'System.StringSplitOptions' = '::TrimEntries'
        'System.Threading.CancellationTokenSource' = '~CancelAsync TryReset'
        'System.Threading.Interlocked' = '::And ::Or'
        'System.Threading.Tasks.Task' = 'IsCompletedSuccessfully ~WaitAsync ::WhenEach'
        'System.Threading.Tasks.Task`1' = 'IsCompletedSuccessfully ~WaitAsync'
        'System.TimeSpan' = 'Divide Microseconds Nanoseconds TotalMicroseconds ~Multiply ::FromMicroseconds'
    }
}
