using System.Reflection;
using Microsoft.Extensions.Logging;
using Ropeway.Core.Jobs;
using Ropeway.Core.Limits;
using Ropeway.Core.Queues;
using Ropeway.Core.Resources;
using Ropeway.Core.Statistics;
using Ropeway.Core.Timing;
using Ropeway.Core.Topology;
using Ropeway.Core.Tracing;
using Ropeway.Security;
using Ropeway.Storage;

namespace Ropeway.Core;

/// <summary>
/// The broker without its sockets: virtual hosts, users, open connections, on a store. Used by all protocols from any thread;
/// disposed after the last connection is gone, before its store.
/// </summary>
public sealed class Broker : IDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private readonly Definitions _definitions;

    /// <summary>Makes a broker on a recovered store.</summary>
    /// <exception cref="StoreException">A stored definition cannot be read; nothing was changed.</exception>
    public Broker(Store store, BrokerOptions options)
    {
        Durability = new Durability(store);
        Time = options.Time;
        Logger = options.Logger;
        NodeName = options.NodeName;
        ArrivingBodies = new BodyBudget(options.ArrivingBytesMax);
        Deadlines = new Deadlines(options.Time);
        _definitions = Definitions.Open(store, options, Deadlines);
        Jobs = new JobList(this);
        Authenticator = new Authenticator(_definitions.Users, options.LoopbackUsers, options.Time);
        Deadlines.Start();
    }

    /// <summary>The version of RabbitMQ whose behaviour clients may expect; some choose their dialect by it (docs/decisions/0006).</summary>
    public const string RabbitVersion = "4.1.0";

    /// <summary>The global parameter that holds <see cref="ClusterName"/>.</summary>
    public const string ClusterNameParameter = "cluster_name";

    /// <summary>Our own version.</summary>
    public static string Version { get; } = typeof(Broker).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>How far the disk is.</summary>
    public Durability Durability { get; }

    /// <summary>Everything that is defined.</summary>
    public Definitions Definitions => _definitions;

    /// <summary>The virtual hosts.</summary>
    public VirtualHosts VirtualHosts => _definitions.VirtualHosts;

    /// <summary>The users.</summary>
    public UserDirectory Users => _definitions.Users;

    /// <summary>What users may have open at once.</summary>
    public LimitsOfUsers LimitsOfUsers => _definitions.LimitsOfUsers;

    /// <summary>Who may do what.</summary>
    public Permissions Permissions => _definitions.Permissions;

    /// <summary>The name that operators have given to it; the node's unless they have.</summary>
    public string ClusterName => _definitions.GlobalParameters.FindText(ClusterNameParameter) ?? NodeName;

    /// <summary>How often users have logged in, or failed to.</summary>
    public LoginAttempts LoginAttempts { get; } = new();

    /// <summary>Logs users in.</summary>
    public Authenticator Authenticator { get; }

    /// <summary>The memory of bodies that are still arriving.</summary>
    public BodyBudget ArrivingBodies { get; }

    /// <summary>Whether publishers may go on.</summary>
    public Admission Admission { get; } = new();

    /// <summary>Open client connections.</summary>
    public ConnectionRegistry Connections { get; } = new();

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>What waits for a time.</summary>
    public Deadlines Deadlines { get; }

    /// <summary>The counters that change.</summary>
    public ActiveObjects Active => _definitions.Services.Active;

    /// <summary>Follows a share of the messages.</summary>
    public MessageTracing Tracing => _definitions.Services.Tracing;

    /// <summary>Counts what comes and goes.</summary>
    public ChurnCounters Churn => _definitions.Services.Churn;

    /// <summary>Where it logs to.</summary>
    public ILogger Logger { get; }

    /// <summary>The name that clients see of this broker.</summary>
    public string NodeName { get; }

    /// <summary>What is done with many messages at once.</summary>
    public JobList Jobs { get; }

    /// <summary>Deletes a virtual host with everything in it and closes its connections.</summary>
    /// <returns>The index to wait for.</returns>
    /// <exception cref="RefusedException">There is none of that name.</exception>
    public ulong DeleteVirtualHost(string name)
    {
        ulong commitIndex = VirtualHosts.Delete(name);
        Connections.Close(entry => entry.VirtualHost == name, $"vhost '{name}' is deleted");
        return commitIndex;
    }

    /// <summary>Deletes a user with its permissions and limits and closes its connections.</summary>
    /// <returns>The index to wait for; 0 when there is none of that name.</returns>
    public ulong DeleteUser(string name)
    {
        ulong commitIndex = Users.Delete(name);
        commitIndex = Math.Max(commitIndex, LimitsOfUsers.Clear(name));
        Connections.Close(entry => entry.User == name, $"user '{name}' is deleted");
        return commitIndex;
    }

    /// <summary>Writes down what was delivered exactly, so that after a clean stop only that is flagged as redelivered.</summary>
    public void Dispose()
    {
        Jobs.Dispose();
        Deadlines.Dispose();
        _definitions.Services.Background.Stop(StopPatience);
        try
        {
            foreach (VirtualHost host in VirtualHosts.All)
            {
                host.Delays?.Close();
                foreach (Queue queue in host.ListQueues())
                {
                    queue.Close();
                }
            }
        }
        catch (Exception fault) when (Durability.IsStoreFailure(fault))
        {
            // A store that has failed takes no horizon: more is flagged after the restart than need be.
        }

        Authenticator.Dispose();
    }
}
