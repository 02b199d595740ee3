package io.waypass.frontend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.support.ResourceBundleMessageSource;
import org.springframework.context.support.StaticApplicationContext;
import org.springframework.stereotype.Controller;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.ui.Model;
import org.springframework.validation.BeanPropertyBindingResult;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.thymeleaf.spring6.SpringTemplateEngine;
import org.thymeleaf.spring6.templateresolver.SpringResourceTemplateResolver;
import org.thymeleaf.spring6.view.ThymeleafViewResolver;
import org.yaml.snakeyaml.Yaml;

/**
 * The pages as they are with the samples in {@code src/test/resources/pages}: one YAML file for each state that a page
 * can be in, in the shape of the portal's view models.
 */
final class SamplePages {

    /** What the app form binds to; the portal's own has the same components. */
    public record AppForm(String place, String name, String serviceAccount) {}

    /** What the request form binds to; the portal's own has the same components and the files. */
    public record RequestForm(
            String app, String destination, String clientText, String passphrase, String caBundleText, String reason) {}

    /** What the forms bind to that retire or refresh an identity; the portal's own has the same components. */
    public record ChangeForm(String reason, boolean confirmed) {}

    /** What the policy form binds to; the portal's own has the same components. */
    public record PolicyForm(
            String name, String description, String effect, String approvals, String message, String expression) {}

    private static final Path SAMPLES = Path.of("src/test/resources/pages");

    private final MockMvc mvc;

    SamplePages() {
        ResourceBundleMessageSource messages = new ResourceBundleMessageSource();
        messages.setBasename("messages");
        messages.setDefaultEncoding("UTF-8");
        messages.setFallbackToSystemLocale(false);
        StaticApplicationContext context = new StaticApplicationContext();
        context.refresh();
        SpringResourceTemplateResolver templates = new SpringResourceTemplateResolver();
        templates.setApplicationContext(context);
        templates.setPrefix("classpath:/templates/");
        templates.setSuffix(".html");
        templates.setCharacterEncoding("UTF-8");
        SpringTemplateEngine engine = new SpringTemplateEngine();
        engine.setTemplateResolver(templates);
        engine.setTemplateEngineMessageSource(messages);
        ThymeleafViewResolver views = new ThymeleafViewResolver();
        views.setTemplateEngine(engine);
        views.setCharacterEncoding("UTF-8");
        mvc = MockMvcBuilders.standaloneSetup(new SampleController())
                .setViewResolvers(views)
                .build();
    }

    static List<String> names() {
        try (Stream<Path> files = Files.list(SAMPLES)) {
            return files.map(file -> file.getFileName().toString().replace(".yaml", ""))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String render(String name) {
        try {
            return mvc.perform(MockMvcRequestBuilders.get("/" + name).locale(Locale.ENGLISH))
                    .andReturn()
                    .getResponse()
                    .getContentAsString();
        } catch (Exception e) {
            throw new AssertionError("page " + name + " does not render", e);
        }
    }

    /** Puts a sample into the model. */
    @Controller
    static final class SampleController {

        @GetMapping("/{name}")
        String page(@PathVariable("name") String name, Model model) throws IOException {
            Map<String, Object> sample = new Yaml().load(Files.readString(SAMPLES.resolve(name + ".yaml")));
            model.addAttribute("shell", shell(text(sample, "shell")));
            for (String key : List.of("view", "flash", "problem")) {
                if (sample.get(key) instanceof Object value) {
                    model.addAttribute(key, value);
                }
            }
            if (sample.get("form") instanceof Map<?, ?> form) {
                Object bean = form.containsKey("place")
                        ? new AppForm(text(form, "place"), text(form, "name"), text(form, "serviceAccount"))
                        : form.containsKey("confirmed")
                                ? new ChangeForm(text(form, "reason"), false)
                                : form.containsKey("policy")
                                        ? policy(form)
                                        : new RequestForm(
                                                text(form, "app"),
                                                text(form, "destination"),
                                                text(form, "clientText"),
                                                text(form, "passphrase"),
                                                text(form, "caBundleText"),
                                                text(form, "reason"));
                model.addAttribute("form", bean);
                model.addAttribute(BindingResult.MODEL_KEY_PREFIX + "form", errors(bean, sample.get("errors")));
            }
            return text(sample, "template");
        }

        private static PolicyForm policy(Map<?, ?> form) {
            return new PolicyForm(
                    text(form, "name"),
                    text(form, "description"),
                    text(form, "effect"),
                    text(form, "approvals"),
                    text(form, "message"),
                    text(form, "expression"));
        }

        private static BindingResult errors(Object bean, @Nullable Object wrong) {
            BindingResult errors = new BeanPropertyBindingResult(bean, "form");
            if (wrong instanceof Map<?, ?> messages) {
                messages.forEach((field, message) -> {
                    if (field.equals("")) {
                        errors.reject("refused", message.toString());
                    } else {
                        errors.rejectValue(field.toString(), "refused", message.toString());
                    }
                });
            }
            return errors;
        }

        private static @Nullable Object shell(String who) {
            List<String> teams = new ArrayList<>(who.equals("member") ? List.of("payments") : List.of());
            return who.equals("none")
                    ? null
                    : Map.of(
                            "name",
                            who.equals("admin") ? "Platform admin" : "Team member",
                            "admin",
                            who.equals("admin"),
                            "teams",
                            teams,
                            "theme",
                            "auto",
                            "path",
                            "/",
                            "needs",
                            3,
                            "waiting",
                            14,
                            "cleanings",
                            1);
        }

        private static String text(Map<?, ?> map, String key) {
            return String.valueOf(map.get(key));
        }
    }
}
