using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KnSock.Testing.Processes;
using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary>A server with a certificate and viewer tokens, as whoever runs it sets it up.</summary>
public sealed class AccessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePorts.Find();

    public void Dispose() => _folder.Dispose();

    /// <summary>Encrypted and with a token on every transport; and nothing that is secret is to be seen anywhere.</summary>
    [Fact]
    public async Task What_is_encrypted_and_takes_a_token_plays_and_secrets_stay_secret()
    {
        var (certificate, certificateKey) = WriteCertificate();
        var (key, home) = (At("viewers.key"), At("home"));
        await RunAsync(0, "token", "--new-key", key);
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(key) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        var token = Assert.Single(await RunAsync(0, "token", "--key-file", key, "--channels", "h264-aac.mp4", "--expires", "5m"));
        await File.WriteAllTextAsync(At("token"), token);
        var environment = new KnSockProcessOptions { Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["XDG_CONFIG_HOME"] = home } };
        var path = await NamedAsync(TestVideos.H264Aac);
        string[] options = ["--host", "127.0.0.1", "--tls-cert", certificate, "--tls-key", certificateKey, "--viewer-key", key, "--http-port", $"{_port}", "--log-level", "debug", "--no-store"];
        var nativePort = FreePorts.Find();
        await using var server = KnSockProcess.Start(environment, ["serve", $"{nativePort}", path, .. options]);
        var ready = await server.WaitForReadyAsync(TimeSpan.FromSeconds(60));
        Assert.Contains($"https {_port}, TLS", ready, StringComparison.Ordinal);
        var address = $"localhost:{nativePort}";

        await using var play = KnSockProcess.Start("play", address, "--headless", "--json", "--duration", "2s", "--tls-ca", certificate, "--token-file", At("token"));
        var secrets = new[] { token, (await File.ReadAllTextAsync(key)).Trim(), (await File.ReadAllTextAsync(Path.Combine(home, "knsock", "admin-token"))).Trim() };
        await HlsAsync(token);
        foreach (var (_, commandLine) in server.Processes.List())
        {
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, commandLine, StringComparison.Ordinal));
        }

        var figures = await TestServer.FiguresOfAsync(play, 2);
        Assert.Equal(0, figures.Stalls);
        Assert.Empty(figures.Errors);
        Assert.Contains("h264-aac.mp4", string.Join('\n', await RunAsync(0, "channels", address, "--insecure", "--token-file", At("token"))), StringComparison.Ordinal);

        await AssertRefusedAsync("this server asks for a viewer token", "channels", address, "--tls-ca", certificate);
        await AssertRefusedAsync("this port speaks TLS only; connect with TLS", "channels", address);
        await AssertRefusedAsync("is not trusted", "channels", address, "--tls");
        await server.SignalAsync("INT");
        await server.ExpectExitAsync(0, Patience);

        // The admin token is told once, when it is made.
        var said = server.Output.Concat(server.Error).ToList();
        Assert.All(secrets[..2], secret => Assert.DoesNotContain(said, line => line.Contains(secret, StringComparison.Ordinal)));
        Assert.Single(said, line => line.Contains(secrets[2], StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_client_with_TLS_says_that_a_server_has_none()
    {
        await using var server = await TestServer.StartAsync(TestVideos.H264Aac);
        await AssertRefusedAsync("does not speak TLS", "channels", server.Address, "--insecure");
        await AssertRefusedAsync("cannot be read", "channels", server.Address, "--tls-ca", At("nothing.pem"));
    }

    [Fact]
    public async Task A_bad_certificate_or_key_is_named_and_nothing_is_opened()
    {
        var video = await TestVideos.H264Aac.GetPathAsync();
        await AssertRefusedAsync("cannot be used", "serve", $"{FreePorts.Find()}", video, "--tls-cert", At("nothing.pem"));
        await AssertRefusedAsync("cannot be read", "serve", $"{FreePorts.Find()}", video, "--viewer-key", At("nothing.key"));
    }

    private static async Task AssertRefusedAsync(string why, params string[] arguments)
    {
        await using var process = KnSockProcess.Start(arguments);
        await process.ExpectExitAsync(1, Patience);
        Assert.Contains(why, Assert.Single(process.Error), StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<string>> RunAsync(int code, params string[] arguments)
    {
        await using var process = KnSockProcess.Start(arguments);
        await process.ExpectExitAsync(code, Patience);
        return process.Output;
    }

    /// <summary>The web endpoint has the same certificate and asks for the same token.</summary>
    private async Task HlsAsync(string token)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPemFile(At("certificate.pem"));
        using var handler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = trust } };
        using var http = new HttpClient(handler) { BaseAddress = new Uri($"https://localhost:{_port}/") };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("hls/0/index.m3u8")).StatusCode);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("hls/0/index.m3u8")).StatusCode);
    }

    /// <summary>The video under a name that a token can be made for.</summary>
    private async Task<string> NamedAsync(TestVideo video)
    {
        var path = At("h264-aac.mp4");
        File.Copy(await video.GetPathAsync(), path);
        return path;
    }

    private (string Certificate, string Key) WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(At("key.pem"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(At("certificate.pem"), certificate.ExportCertificatePem());
        return (At("certificate.pem"), At("key.pem"));
    }

    private string At(string name) => Path.Combine(_folder.Path, name);
}
