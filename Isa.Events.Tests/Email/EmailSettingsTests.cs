using Isa.Events.Api.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Isa.Events.Tests.Email;

/// <summary>Settings that cannot work stop the start with a line that names them; all of them stand in the README.</summary>
public class EmailSettingsTests
{
    [Theory]
    [InlineData("Email:Smtp:Hots=smtp.example.org", "Email:Smtp:Hots is not a setting")]
    [InlineData("Email:Smtp:Host=smtp.example.org", "Email:FromAddress: is missing")]
    [InlineData("Email:FromAddress=a@b", "Email:FromAddress: 'a@b'")]
    [InlineData("Email:Smtp:Security=ssl", "Email:Smtp:Security: 'ssl'")]
    [InlineData("Email:Smtp:Port=70000", "Email:Smtp:Port")]
    [InlineData("Email:Smtp:Password=x", "Email:Smtp:Password: is set without")]
    [InlineData("Email:Smtp:Host=smtp.example.org Email:FromAddress=a@example.org Email:Smtp:User=u Email:Smtp:Security=none", "Email:Smtp:User: would be sent")]
    [InlineData("Email:Smtp:Authority=/nowhere.pem", "Email:Smtp:Authority: '/nowhere.pem'")]
    [InlineData("Email:ReplyAddress=reply+x@example.org", "Email:ReplyAddress: 'reply+x@example.org'")]
    [InlineData("Email:ReplyAddress=answers-to-meetings-@example.org", "at most 19 characters")]
    [InlineData("Email:Imap:Host=imap.example.org Email:Imap:User=u", "Email:ReplyAddress: is missing")]
    [InlineData("Email:Imap:Host=imap.example.org Email:ReplyAddress=reply@example.org", "Email:Imap:User: is missing")]
    [InlineData("Email:Imap:Host=imap.example.org Email:Imap:User=u Email:Imap:Security=none Email:ReplyAddress=reply@example.org", "Email:Imap:Security: would send the password")]
    [InlineData("Email:Imap:HandledFolder=INBOX", "Email:Imap:HandledFolder: is the folder")]
    [InlineData("Email:MaxPerSecond=0", "Email:MaxPerSecond")]
    [InlineData("Email:Send=perhaps", "Email:Send is 'perhaps'")]
    public void A_wrong_one_is_named(string settings, string says) => Should.Throw<SettingsException>(() => Read(settings)).Message.ShouldContain(says);

    [Fact]
    public void Defaults_hold() => Read("").Smtp.EffectivePort.ShouldBe(587);

    [Fact]
    public void All_stand_in_the_readme()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Isa.Events.sln"))) root = root.Parent!;
        var readme = File.ReadAllText(Path.Combine(root.FullName, "README.md"));
        foreach (var name in typeof(EmailSettings).GetProperties().Where(p => p.PropertyType != typeof(SmtpSettings) && p.PropertyType != typeof(ImapSettings)).Select(p => $"Email:{p.Name}")
            .Concat(typeof(SmtpSettings).GetProperties().Select(p => $"Email:Smtp:{p.Name}")).Concat(typeof(ImapSettings).GetProperties().Select(p => $"Email:Imap:{p.Name}")))
            readme.ShouldContain($"`{name}`");
    }

    private static EmailSettings Read(string settings)
    {
        var values = settings.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => KeyValuePair.Create(s.Split('=')[0], (string?)s.Split('=')[1]));
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        services.AddSettings<EmailSettings, EmailSettingsValidator>("Email");
        return services.BuildServiceProvider().GetRequiredService<IOptions<EmailSettings>>().Value;
    }
}
