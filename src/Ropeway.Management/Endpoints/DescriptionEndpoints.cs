using System.Text;
using Ropeway.Management.Http;
using Ropeway.Management.OpenApi;

namespace Ropeway.Management.Endpoints;

/// <summary>The description of the API for programs, made when somebody asks for the first time. Any thread.</summary>
/// <param name="others">All endpoints but this one.</param>
internal sealed class DescriptionEndpoints(IReadOnlyList<Route> others)
{
    private byte[]? _document;

    /// <summary>The endpoints.</summary>
    public IEnumerable<Route> Routes => [new("GET", "/api/openapi.json", ApiAccess.Management, Get)];

    private ApiReply Get(ApiRequest request)
    {
        _document ??= Encoding.UTF8.GetBytes(ApiDescription.Write([.. others, .. Routes]).ToJsonString()); // Two at once make the same.
        return ApiReply.Bytes("application/json", _document);
    }
}
