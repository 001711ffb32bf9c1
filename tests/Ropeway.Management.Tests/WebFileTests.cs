using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using Ropeway.Management.Files;

namespace Ropeway.Management.Tests;

/// <summary>The files of the web UI as a browser gets them.</summary>
public sealed partial class WebFileTests(ManagementRig rig) : IClassFixture<ManagementRig>
{
    private static readonly WebFiles Web = new();

    [Theory]
    [InlineData("/", "")]
    [InlineData("/queues", "")]
    [InlineData("/queues?q=mail&sort=-waiting", "")]
    [InlineData("/queues/", "../")]
    [InlineData("/queues/%2F/a%2Fb", "../../")]
    [InlineData("/exchanges/%2F/orders", "../../")]
    public async Task Address_OfAPage_GivesTheShellWithRelativeAddresses(string address, string up)
    {
        using HttpResponseMessage response = await rig.SendAsync("GET", address, login: null);
        string page = await response.Content.ReadAsStringAsync();

        Assert.Equal((HttpStatusCode.OK, "text/html"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Contains($"src=\"{up}web/{Web.Version}/app.js\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("{web}", page, StringComparison.Ordinal);
        Assert.DoesNotContain("=\"/", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shell_HasStrictHeadersAndIsAskedForEachTime()
    {
        using HttpResponseMessage response = await rig.SendAsync("GET", "/", login: null);

        string policy = Header(response, "Content-Security-Policy");
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.EndsWith("require-trusted-types-for 'script'; trusted-types lit-html", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Header(response, "X-Content-Type-Options"));
        Assert.Equal("DENY", Header(response, "X-Frame-Options"));
        Assert.Equal("no-referrer", Header(response, "Referrer-Policy"));
        Assert.Equal("same-origin", Header(response, "Cross-Origin-Opener-Policy"));
        Assert.Equal("same-origin", Header(response, "Cross-Origin-Resource-Policy"));
        Assert.Equal("no-cache", Header(response, "Cache-Control"));
    }

    [Fact]
    public async Task Shell_ThatTheBrowserHas_IsNotSentAgain()
    {
        using HttpResponseMessage first = await rig.SendAsync("GET", "/queues", login: null);
        using HttpResponseMessage again = await rig.SendAsync("GET", "/queues", login: null, header: ("If-None-Match", first.Headers.ETag!.Tag));

        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal(first.Headers.ETag, again.Headers.ETag);
        Assert.Empty(await again.Content.ReadAsByteArrayAsync());
    }

    public static TheoryData<string> Names => [.. Web.Files.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task File_IsServedWholeAndForEver(string name)
    {
        using HttpResponseMessage response = await rig.SendAsync("GET", $"/web/{Web.Version}/{name}", login: null);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Web.Files[name].Bytes, await response.Content.ReadAsByteArrayAsync());
        Assert.Equal("public, max-age=31536000, immutable", Header(response, "Cache-Control"));
        Assert.Equal("nosniff", Header(response, "X-Content-Type-Options"));
        string expected = Path.GetExtension(name) switch { ".js" => "text/javascript", ".css" => "text/css", ".woff2" => "font/woff2", _ => "text/plain" };
        Assert.Equal(expected, response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("br, gzip", "br")]
    [InlineData("gzip, deflate, br", "br")]
    [InlineData("gzip", "gzip")]
    public async Task File_IsCompressedAsTheBrowserTakesIt(string accepted, string expected)
    {
        using HttpResponseMessage response = await rig.SendAsync("GET", $"/web/{Web.Version}/app.css", login: null, header: ("Accept-Encoding", accepted));
        byte[] sent = await response.Content.ReadAsByteArrayAsync();

        Assert.Equal([expected], response.Content.Headers.ContentEncoding);
        Assert.Equal("accept-encoding", Header(response, "Vary"));
        using var whole = new MemoryStream();
        using var packed = new MemoryStream(sent);
        using Stream unpacked = expected == "br" ? new BrotliStream(packed, CompressionMode.Decompress) : new GZipStream(packed, CompressionMode.Decompress);
        await unpacked.CopyToAsync(whole);
        Assert.Equal(Web.Files["app.css"].Bytes, whole.ToArray());
        Assert.True(sent.Length * 3 < whole.Length, $"{sent.Length} of {whole.Length} bytes");
    }

    [Theory]
    [InlineData("GET", "/web/000000000000/app.js")]
    [InlineData("GET", "/web/app.js")]
    [InlineData("GET", "/nosuch")]
    [InlineData("GET", "/favicon.ico")]
    [InlineData("POST", "/queues")]
    public async Task OtherAddresses_AreNotFound(string method, string address) => Assert.Equal(404, await rig.StatusAsync(method, address, login: null));

    [Fact]
    public async Task File_OutsideOfTheUi_IsNotFound() => Assert.Equal(404, await rig.StatusAsync("GET", $"/web/{Web.Version}/%2E%2E/index.html", login: null));

    [Fact]
    public void FirstPage_IsSmall()
    {
        string[] own = ["theme.js", "app.css", "app.js", "broker.js", "format.js", "parts.js", "chart.js", "pages/overview.js"];
        string[] all = [.. own, "vendor/lit.js", "vendor/uplot.js", "vendor/geist.woff2"];

        int ownBytes = own.Sum(Packed);
        int allBytes = all.Sum(Packed);

        Assert.True(ownBytes <= 45_000, $"own code: {ownBytes} bytes");
        Assert.True(allBytes <= 150_000, $"everything: {allBytes} bytes");
        Assert.True(all.Length <= 12, $"{all.Length} files and the page");
    }

    [Fact]
    public void Imports_AllLeadToFiles()
    {
        foreach ((string name, WebFile file) in Web.Files.Where(file => file.Key.EndsWith(".js", StringComparison.Ordinal) && !file.Key.StartsWith("vendor/", StringComparison.Ordinal)))
        {
            foreach (Match import in Import().Matches(System.Text.Encoding.UTF8.GetString(file.Bytes)))
            {
                string target = Path.GetRelativePath("/", Path.GetFullPath(Path.Combine("/", Path.GetDirectoryName(name)!, import.Groups[1].Value)));
                Assert.True(Web.Files.ContainsKey(target), $"{name} imports {target}");
            }
        }
    }

    private static int Packed(string name) => Web.Files[name].For("br", out _).Length;

    private static string Header(HttpResponseMessage response, string name) =>
        string.Join(", ", response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values : response.Content.Headers.GetValues(name));

    [GeneratedRegex("from '([.][^']+)'")]
    private static partial Regex Import();
}
