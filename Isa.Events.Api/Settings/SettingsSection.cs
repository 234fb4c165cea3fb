using System.Reflection;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Settings;

/// <summary>Binds a section of the configuration to its class, and refuses names it does not have: a misspelt setting must not be a default in silence.</summary>
public static class SettingsSection
{
    public static void AddSettings<T, TValidator>(this IServiceCollection services, string section) where T : class where TValidator : AbstractValidator<T>, new()
    {
        services.AddSingleton<IConfigureOptions<T>>(provider => new ConfigureOptions<T>(settings => Bind(provider.GetRequiredService<IConfiguration>().GetSection(section), settings)));
        services.AddSingleton<IValidateOptions<T>>(new ValidateOptions<T>(null, settings => Check(new TValidator(), settings, section), ""));
        services.AddOptions<T>().ValidateOnStart();
    }

    private static void Bind(IConfigurationSection section, object settings)
    {
        var names = settings.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance);
        foreach (var child in section.GetChildren())
        {
            var property = names.FirstOrDefault(p => p.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase))
                ?? throw new SettingsException($"{section.Path}:{child.Key} is not a setting. {section.Path} has: {string.Join(", ", names.Select(p => p.Name))}.");
            try
            {
                if (property.PropertyType.Namespace == typeof(SettingsSection).Namespace) Bind(child, property.GetValue(settings)!);
                else if (property.SetMethod is not null) property.SetValue(settings, child.Get(property.PropertyType));
                else foreach (var item in child.Get<List<string>>() ?? []) ((IList<string>)property.GetValue(settings)!).Add(item);
            }
            catch (InvalidOperationException)
            {
                throw new SettingsException($"{section.Path}:{property.Name} is '{child.Value}', which is not {(property.PropertyType == typeof(string) ? "a text" : property.PropertyType == typeof(bool) ? "true or false" : "a whole number")}.");
            }
        }
    }

    private static bool Check<T>(AbstractValidator<T> validator, T settings, string section)
    {
        var result = validator.Validate(settings);
        return result.IsValid ? true : throw new SettingsException(string.Join(" ", result.Errors.Select(e => $"{section}:{char.ToUpperInvariant(e.PropertyName[0])}{e.PropertyName[1..].Replace('.', ':')}: {e.ErrorMessage}")));
    }
}

/// <summary>A setting is wrong; the message names it and what is allowed.</summary>
public sealed class SettingsException(string message) : Exception(message);
