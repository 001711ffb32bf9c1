using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Ropeway.Core;
using Ropeway.Management.Http;

namespace Ropeway.Management.Endpoints;

/// <summary>A backup of the whole broker as the answer's body. No path comes with the request: who asks decides where it goes.</summary>
internal sealed class BackupEndpoints(ManagementOptions options)
{
    private readonly ILogger _logger = options.Loggers.CreateLogger("Ropeway.Management");

    /// <summary>The endpoints.</summary>
    public IEnumerable<Route> Routes => [new("GET", "/api/backup", ApiAccess.Administrator, BackUpAsync) { IsAudited = true }];

    private async ValueTask<ApiReply> BackUpAsync(ApiRequest request)
    {
        BrokerBackup backup = await BeginAsync(request).ConfigureAwait(false)
            ?? throw new ApiException(StatusCodes.Status503ServiceUnavailable, "busy", "Another backup is under way");
        string user = request.User.Name;
        ManagementLog.BackupBegun(_logger, user);
        return ApiReply.Stream("application/x-tar", async (body, aborted) =>
        {
            using (backup)
            {
                await backup.WriteToAsync(body, aborted).ConfigureAwait(false);
            }

            ManagementLog.BackupSent(_logger, user);
        });
    }

    private static async Task<BrokerBackup?> BeginAsync(ApiRequest request)
    {
        try
        {
            return await request.Broker.Durability.TryBeginBackupAsync().ConfigureAwait(false);
        }
        catch (IOException fault)
        {
            throw new ApiException(StatusCodes.Status503ServiceUnavailable, "unavailable", fault.Message);
        }
    }
}
