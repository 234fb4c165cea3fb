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
    [InlineData("Email:FromAddress=a%b@example.org", "Email:FromAddress: 'a%b@example.org'")]
    [InlineData("Email:ReplyTo=Reply+x@example.org Email:ReplyAddress=reply@example.org", "Email:ReplyTo: is Email:ReplyAddress")]
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
    [InlineData("Email:Smtp:OAuth:TokenUrl=http://login.example.org/token", "Email:Smtp:OAuth:TokenUrl: 'http://login.example.org/token'")]
    [InlineData("Email:Smtp:OAuth:ClientId=a", "Email:Smtp:OAuth:TokenUrl: is missing")]
    [InlineData("Email:Imap:OAuth:TokenUrl=https://login.example.org/token Email:Imap:OAuth:ClientId=a Email:Imap:OAuth:Scope=s", "Email:Imap:OAuth:ClientSecret: is missing")]
    [InlineData("Email:Imap:OAuth:TokenUrl=https://login.example.org/token Email:Imap:OAuth:ClientSecret=a Email:Imap:OAuth:Scope=s", "Email:Imap:OAuth:ClientId: is missing")]
    [InlineData("Email:Imap:OAuth:TokenUrl=https://login.example.org/token Email:Imap:OAuth:ClientId=a Email:Imap:OAuth:ClientSecret=b", "Email:Imap:OAuth:Scope: is missing")]
    [InlineData("Email:Smtp:OAuth:TokenUrl=https://login.example.org/token Email:Smtp:OAuth:ClientId=a Email:Smtp:OAuth:RefreshToken=b", "Email:Smtp:User: is missing")]
    [InlineData("Email:Smtp:OAuth:TokenUrl=https://login.example.org/token Email:Smtp:User=u Email:Smtp:Password=p Email:Smtp:OAuth:ClientId=a Email:Smtp:OAuth:RefreshToken=b", "Email:Smtp:Password: is set beside Email:Smtp:OAuth")]
    [InlineData("Email:Smtp:OAuth:KeyFile=/nowhere.json Email:Smtp:OAuth:Scope=s", "Email:Smtp:OAuth:KeyFile: '/nowhere.json'")]
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
        foreach (var name in typeof(EmailSettings).GetProperties().Where(IsValue).Select(p => $"Email:{p.Name}")
            .Concat(typeof(SmtpSettings).GetProperties().Where(IsValue).Select(p => $"Email:Smtp:{p.Name}")).Concat(typeof(ImapSettings).GetProperties().Where(IsValue).Select(p => $"Email:Imap:{p.Name}"))
            .Concat(typeof(OAuthSettings).GetProperties().Select(p => $"Email:Smtp:OAuth:{p.Name}")))
            readme.ShouldContain($"`{name}`");
    }

    private static bool IsValue(System.Reflection.PropertyInfo property) => property.PropertyType.Namespace != typeof(EmailSettings).Namespace;

    private static EmailSettings Read(string settings)
    {
        var values = settings.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => KeyValuePair.Create(s.Split('=')[0], (string?)s.Split('=')[1]));
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        services.AddSettings<EmailSettings, EmailSettingsValidator>("Email");
        return services.BuildServiceProvider().GetRequiredService<IOptions<EmailSettings>>().Value;
    }
}
