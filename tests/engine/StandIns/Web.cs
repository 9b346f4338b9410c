using System.Collections;
using System.Management.Automation;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Microsoft.PowerShell.Commands;

/// <summary>An answer, as far as scripts look at it.</summary>
public sealed class WebResponseObject
{
    internal WebResponseObject(HttpResponseMessage response, string content)
    {
        StatusCode = (int)response.StatusCode;
        StatusDescription = response.ReasonPhrase;
        Content = content;
        foreach (var header in response.Headers.Concat(response.Content.Headers))
        {
            Headers[header.Key] = header.Value.ToArray();
        }
    }

    public int StatusCode { get; }
    public string StatusDescription { get; }
    public string Content { get; }
    public Dictionary<string, IEnumerable<string>> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);
}

/// <summary>An answer outside 2xx.</summary>
public sealed class HttpResponseException(string message, HttpResponseMessage response)
    : HttpRequestException(message, null, response.StatusCode)
{
    public HttpResponseMessage Response { get; } = response;
}

[Cmdlet(VerbsLifecycle.Invoke, "WebRequest")]
public sealed class InvokeWebRequestCommand : PSCmdlet
{
    private readonly CancellationTokenSource _stop = new();

    [Parameter(Mandatory = true, Position = 0)]
    public Uri Uri { get; set; }

    [Parameter]
    public string Method { get; set; } = "GET";

    [Parameter(ValueFromPipeline = true)]
    public object Body { get; set; }

    [Parameter]
    public IDictionary Headers { get; set; }

    [Parameter]
    public string ContentType { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int TimeoutSec { get; set; }

    /// <summary>Of no effect, as in PowerShell 7.</summary>
    [Parameter]
    public SwitchParameter UseBasicParsing { get; set; }

    protected override void ProcessRecord()
    {
        using HttpRequestMessage request = NewRequest();
        using var client = new HttpClient();
        client.Timeout = TimeoutSec > 0 ? TimeSpan.FromSeconds(TimeoutSec) : Timeout.InfiniteTimeSpan;
        try
        {
            HttpResponseMessage response = client.SendAsync(request, _stop.Token).GetAwaiter().GetResult();
            string content = response.Content.ReadAsStringAsync(_stop.Token).GetAwaiter().GetResult();
            if (!response.IsSuccessStatusCode)
            {
                Refuse(request, response, content);
            }

            WriteObject(new WebResponseObject(response, content));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        catch (OperationCanceledException error)
        {
            ThrowTerminatingError(new ErrorRecord(
                new TimeoutException($"The request was canceled due to the configured TimeoutSec of {TimeoutSec} seconds.", error),
                "OperationTimeoutReached", ErrorCategory.OperationTimeout, request));
        }
        catch (HttpRequestException error) when (error is not HttpResponseException)
        {
            // The innermost message is the plain one: "Connection refused".
            var plain = new HttpRequestException(error.GetBaseException().Message, error);
            ThrowTerminatingError(NewError(plain, request));
        }
    }

    protected override void StopProcessing() => _stop.Cancel();

    private HttpRequestMessage NewRequest()
    {
        if (!Uri.IsAbsoluteUri || Uri.Scheme is not ("http" or "https"))
        {
            throw new NotSupportedException("-Uri: the stand-in takes http and https addresses only.");
        }

        var request = new HttpRequestMessage(new HttpMethod(Method.ToUpperInvariant()), Uri);
        switch (Body is PSObject wrapped ? wrapped.BaseObject : Body)
        {
            case null:
                break;
            case IDictionary fields when request.Method == HttpMethod.Get:
                var target = new UriBuilder(Uri);
                target.Query = string.Join('&', new[] { target.Query.TrimStart('?'), Form(fields) }.Where(part => part != ""));
                request.RequestUri = target.Uri;
                break;
            case IDictionary fields:
                request.Content = NewContent(Form(fields));
                break;
            case string text:
                request.Content = NewContent(text);
                break;
            default:
                throw new NotSupportedException("-Body: the stand-in takes a dictionary or a string only.");
        }

        foreach (DictionaryEntry header in Headers ?? new Hashtable())
        {
            string name = header.Key.ToString();
            string value = LanguagePrimitives.ConvertTo<string>(header.Value);
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                throw new NotSupportedException($"-Headers: the stand-in cannot send '{name}'.");
            }
        }

        request.Headers.UserAgent.ParseAdd("PowerShell-stand-in");
        return request;
    }

    private StringContent NewContent(string text)
    {
        var content = new StringContent(text, Encoding.UTF8);
        content.Headers.ContentType =
            MediaTypeHeaderValue.Parse(ContentType ?? "application/x-www-form-urlencoded");
        return content;
    }

    private static string Form(IDictionary fields)
    {
        IEnumerable<string> pairs = fields.Cast<DictionaryEntry>().Select(
            field => $"{WebUtility.UrlEncode(field.Key.ToString())}={WebUtility.UrlEncode(field.Value?.ToString())}");
        return string.Join('&', pairs);
    }

    private void Refuse(HttpRequestMessage request, HttpResponseMessage response, string content)
    {
        string message =
            $"Response status code does not indicate success: {(int)response.StatusCode} ({response.ReasonPhrase}).";
        ErrorRecord error = NewError(new HttpResponseException(message, response), request);
        if (content.Length > 0)
        {
            error.ErrorDetails = new ErrorDetails(content);
        }

        ThrowTerminatingError(error);
    }

    private static ErrorRecord NewError(Exception exception, HttpRequestMessage request) =>
        new(exception, "WebCmdletWebResponseException", ErrorCategory.InvalidOperation, request);
}
