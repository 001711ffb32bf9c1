using System.Security.Cryptography;
using Ropeway.TestKit.Images;
using Xunit.Abstractions;

namespace Ropeway.Faults.Tests;

/// <summary>Power cuts as images of what the disk may hold; <c>tests/long/images</c> opens as many as wanted.</summary>
public sealed class ImageTests(ITestOutputHelper output)
{
    [FaultToolsFact]
    public void Broker_OnImagesOfPowerCuts_KeepsWhatWasPromised()
    {
        int badCount = ImageRun.Execute(Options(images: 5));

        Assert.Equal(0, badCount);
    }

    [FaultToolsFact]
    public void Run_DiskThatLies_IsNoticed()
    {
        int badCount = ImageRun.Execute(Options(images: 5) with { IsLying = true, Seed = 3 });

        Assert.True(badCount > 0);
    }

    private ImageOptions Options(int images) =>
        new() { Images = images, Messages = 600, Seed = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4)), Log = output.WriteLine };
}
