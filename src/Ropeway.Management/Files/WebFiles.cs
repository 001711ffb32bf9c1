using System.Collections.Concurrent;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Ropeway.Management.Http;

namespace Ropeway.Management.Files;

/// <summary>
/// The web UI: one page, which every address of the UI answers with, and the files that it loads from <c>/web/VERSION/</c>. They are embedded in the
/// assembly and need no login: all data comes from the API. Addresses in them are relative, so the broker may lie below any path of a proxy. Any thread.
/// </summary>
internal sealed class WebFiles
{
    /// <summary>Scripts, styles, fonts and data from this server only; no markup from text (Trusted Types, with the one policy of the template library).</summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; " +
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html";

    private const string Folder = "web";
    private const string Shell = "index.html";
    private const string Root = "{web}";

    private static readonly (string Name, string Value)[] CommonHeaders =
    [
        ("content-security-policy", ContentSecurityPolicy),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("vary", "accept-encoding"),
    ];

    private readonly Dictionary<string, WebFile> _files = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, WebFile> _shells = [];
    private readonly string _shell;

    /// <summary>Reads the files out of the assembly.</summary>
    public WebFiles()
    {
        Assembly assembly = typeof(WebFiles).Assembly;
        using var version = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder + "/", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using Stream stream = assembly.GetManifestResourceStream(resource)!;
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            string name = resource[(Folder.Length + 1)..];
            _files.Add(name, new WebFile(ContentTypeOf(name), bytes));
            version.AppendData(Encoding.UTF8.GetBytes(name));
            version.AppendData(bytes);
        }

        Version = Convert.ToHexStringLower(version.GetHashAndReset())[..12];
        _shell = Encoding.UTF8.GetString(_files[Shell].Bytes);
        _files.Remove(Shell);
    }

    /// <summary>The first segments of the addresses that the page answers with: one for each page of the UI, and the empty one for the overview.</summary>
    public static IReadOnlySet<string> Pages { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        string.Empty, "queues", "streams", "exchanges", "connections", "routing", "jobs", "delayed", "log", "audit", "policies", "users", "vhosts", "definitions", "health",
    };

    /// <summary>Names the content of all files. It is part of their addresses, so they can be kept for ever.</summary>
    public string Version { get; }

    /// <summary>The files below <c>/web/VERSION/</c>.</summary>
    public IReadOnlyDictionary<string, WebFile> Files => _files;

    /// <summary>Answers a request for the page or for a file of it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="path">The segments of its path.</param>
    /// <returns>Null when it is for something else.</returns>
    public ApiReply? Find(HttpRequest request, string[] path)
    {
        if (request.Method is not "GET" and not "HEAD")
        {
            return null;
        }

        if (path.Length > 2 && path[0] == Folder)
        {
            return path[1] == Version && _files.TryGetValue(string.Join('/', path[2..]), out WebFile? file) ? Answer(request, file, "public, max-age=31536000, immutable") : null;
        }

        return Pages.Contains(path.FirstOrDefault(string.Empty)) ? Answer(request, ShellAt(DepthOf(request)), "no-cache") : null;
    }

    /// <summary>How many folders an address lies below the broker's own, as a browser sees it.</summary>
    private static int DepthOf(HttpRequest request) =>
        request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0].Count(character => character == '/') - 1;

    private static string ContentTypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".woff2" => "font/woff2",
        _ => "text/plain; charset=utf-8",
    };

    private static ApiReply Answer(HttpRequest request, WebFile file, string caching)
    {
        (string Name, string Value)[] headers = [.. CommonHeaders, ("cache-control", caching), ("etag", file.ETag)];
        if (request.Headers.IfNoneMatch == file.ETag)
        {
            return ApiReply.NotModified with { Headers = headers };
        }

        byte[] bytes = file.For(request.Headers.AcceptEncoding, out string? encoding);
        return ApiReply.Bytes(file.ContentType, bytes) with { Headers = encoding is null ? headers : [.. headers, ("content-encoding", encoding)] };
    }

    private WebFile ShellAt(int depth) => _shells.GetOrAdd(
        Math.Min(depth, 8),
        static (depth, files) => new WebFile(
            "text/html; charset=utf-8",
            Encoding.UTF8.GetBytes(files._shell.Replace(Root, $"{string.Concat(Enumerable.Repeat("../", depth))}{Folder}/{files.Version}", StringComparison.Ordinal))),
        this);
}
