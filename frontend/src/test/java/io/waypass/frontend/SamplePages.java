package io.waypass.frontend;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
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

/**
 * The pages as they are in each state that they can be in, drawn from values in the shape of the portal's view models.
 */
final class SamplePages {

    private static final Map<String, SamplePage> PAGES = Stream.of(
                    HomeSamples.pages(),
                    CatalogueSamples.pages(),
                    RequestFormSamples.pages(),
                    RequestSamples.pages(),
                    QueueSamples.pages(),
                    IdentitySamples.pages(),
                    OrphanSamples.pages(),
                    PolicySamples.pages())
            .flatMap(List::stream)
            .collect(Collectors.toMap(
                    SamplePage::name,
                    page -> page,
                    (one, other) -> {
                        throw new IllegalStateException("two pages are named " + one.name());
                    },
                    TreeMap::new));

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
        return List.copyOf(PAGES.keySet());
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
        String page(@PathVariable("name") String name, Model model) {
            SamplePage page = Objects.requireNonNull(PAGES.get(name), name);
            model.addAttribute("shell", shell(page.viewer()));
            model.addAllAttributes(page.model());
            if (page.form() != null) {
                model.addAttribute("form", page.form());
                model.addAttribute(BindingResult.MODEL_KEY_PREFIX + "form", errors(page.form(), page.errors()));
            }
            return page.template();
        }

        private static BindingResult errors(Object form, Map<String, String> messages) {
            BindingResult errors = new BeanPropertyBindingResult(form, "form");
            messages.forEach((field, message) -> {
                if (field.isEmpty()) {
                    errors.reject("refused", message);
                } else {
                    errors.rejectValue(field, "refused", message);
                }
            });
            return errors;
        }

        private static @Nullable Values shell(SamplePage.Viewer viewer) {
            boolean admin = viewer == SamplePage.Viewer.ADMIN;
            return viewer == SamplePage.Viewer.NONE
                    ? null
                    : Values.values("name", admin ? "Platform admin" : "Team member")
                            .and("admin", admin)
                            .and("teams", viewer == SamplePage.Viewer.MEMBER ? List.of("payments") : List.of())
                            .and("theme", "auto")
                            .and("path", "/")
                            .and("needs", 3)
                            .and("waiting", 14);
        }
    }
}
