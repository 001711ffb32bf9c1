using Ropeway.Core;
using Ropeway.Management.Definitions;
using Ropeway.Management.Http;
using Ropeway.Management.Views;
using Ropeway.Security;

namespace Ropeway.Management.Endpoints;

/// <summary><c>/api/users</c>. Administrators only.</summary>
internal static class UserEndpoints
{
    /// <summary>The endpoints.</summary>
    public static IEnumerable<Route> Routes =>
    [
        new("GET", "/api/users", ApiAccess.Administrator, List),
        new("GET", "/api/users/without-permissions", ApiAccess.Administrator, ListWithoutPermissions),
        new("POST", "/api/users/bulk-delete", ApiAccess.Administrator, DeleteManyAsync),
        new("GET", "/api/users/{user}", ApiAccess.Administrator, Get),
        new("PUT", "/api/users/{user}", ApiAccess.Administrator, PutAsync),
        new("DELETE", "/api/users/{user}", ApiAccess.Administrator, DeleteAsync),
    ];

    /// <summary>A user as it is listed and exported.</summary>
    public static UserView ViewOf(Broker broker, User user)
    {
        (string hash, string algorithm) = PasswordHashes.Write(broker.Users.TryGetStored(user.Name, out StoredUser? stored) ? stored.Password : null);
        return new UserView(user.Name, hash, algorithm, user.Tags, LimitEndpoints.TableOf(broker.LimitsOfUsers.Get(user.Name).Named()));
    }

    private static ApiReply List(ApiRequest request) => Reply(request, static _ => true);

    private static ApiReply ListWithoutPermissions(ApiRequest request)
    {
        var permitted = request.Broker.Permissions.All.Select(grant => grant.User).ToHashSet(StringComparer.Ordinal);
        return Reply(request, user => !permitted.Contains(user.Name));
    }

    private static ApiReply Get(ApiRequest request) => request.Broker.Users.TryGet(request["user"], out User? user)
        ? ApiReply.Json(ViewOf(request.Broker, user), ViewJson.Default.UserView)
        : throw ApiException.NotFound();

    private static async ValueTask<ApiReply> PutAsync(ApiRequest request)
    {
        Written written = DefinitionWriter.PutUser(request.Broker.Definitions, request["user"], await request.ReadBodyAsync().ConfigureAwait(false));
        await request.CommitAsync(written.Index).ConfigureAwait(false);
        return ApiReply.Put(written.IsNew);
    }

    private static async ValueTask<ApiReply> DeleteAsync(ApiRequest request)
    {
        ulong index = request.Broker.DeleteUser(request["user"]);
        if (index == 0)
        {
            throw ApiException.NotFound();
        }

        await request.CommitAsync(index).ConfigureAwait(false);
        return ApiReply.NoContent;
    }

    private static async ValueTask<ApiReply> DeleteManyAsync(ApiRequest request)
    {
        JsonBody body = await request.ReadBodyAsync().ConfigureAwait(false);
        IReadOnlyList<string> names = body.RequiredTexts("users");
        if (names.FirstOrDefault(name => !request.Broker.Users.TryGet(name, out _)) is { } missing)
        {
            ApiException.ThrowBadRequest($"no_such_user: {missing}"); // Before any is deleted.
        }

        foreach (string name in names)
        {
            await request.CommitAsync(request.Broker.DeleteUser(name)).ConfigureAwait(false);
        }

        return ApiReply.NoContent;
    }

    private static ApiReply Reply(ApiRequest request, Func<User, bool> isMeant) => ApiReply.Json(
        request.Broker.Users.All.Where(isMeant).OrderBy(user => user.Name, StringComparer.Ordinal).Select(user => ViewOf(request.Broker, user)),
        ViewJson.Default.IEnumerableUserView);
}
