import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import org.apache.commons.lang.StringEscapeUtils;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;

/**
 * Renders one base64 encoded template a line for several requests and prints, for each, the output in base64 and the status override, or an
 * exclamation mark and the exception.
 */
public class Render {
    /** A request: what the expressions of $input yield. */
    public static class World {
        Map<String, Object> paths = new HashMap<>();
        Map<String, String> params = new HashMap<>(), json = new HashMap<>();
        String body;
        Map<String, Object> context = new HashMap<>();
        Map<String, String> stage = new HashMap<>();
    }

    public static class Input {
        private final World w;
        Input(World w) { this.w = w; }
        public String getBody() { return w.body; }
        public Object path(String p) { return w.paths.get(p); }
        public String json(String p) { return w.json.get(p); }
        public Map<String, Object> params() {
            Map<String, Object> m = new LinkedHashMap<>();
            m.put("path", new HashMap<>());
            m.put("querystring", w.params);
            m.put("header", w.params);
            return m;
        }
        public String params(String p) { return w.params.get(p); }
    }

    public static class Util {
        public String escapeJavaScript(String s) { return StringEscapeUtils.escapeJavaScript(s); }
        public Object parseJson(String s) { return s == null ? null : new LinkedHashMap<>(Map.of("a", s)); }
        public String urlEncode(String s) throws Exception { return s == null ? null : java.net.URLEncoder.encode(s, "UTF-8"); }
        public String urlDecode(String s) throws Exception { return s == null ? null : java.net.URLDecoder.decode(s, "UTF-8"); }
        public String base64Encode(String s) { return s == null ? null : Base64.getEncoder().encodeToString(s.getBytes(StandardCharsets.UTF_8)); }
        public String base64Decode(String s) { return s == null ? null : new String(Base64.getDecoder().decode(s), StandardCharsets.UTF_8); }
    }

    static final Object[] VALUES = {null, "", "a", "b", "it's \"x\"", 1, 0, 2, true, false, 1.5, "1"};

    static Object pick(Random r, int depth) {
        int n = r.nextInt(VALUES.length + (depth > 0 ? 6 : 0));
        if (n < VALUES.length) return VALUES[n];
        if (n % 2 == 0) {
            List<Object> l = new ArrayList<>();
            for (int i = r.nextInt(3); i > 0; i--) l.add(pick(r, depth - 1));
            return l;
        }
        Map<String, Object> m = new LinkedHashMap<>();
        for (String k : new String[] {"a", "b", "k"}) if (r.nextBoolean()) m.put(k, pick(r, depth - 1));
        return m;
    }

    static World world(long seed) {
        Random r = new Random(seed);
        World w = new World();
        for (String p : new String[] {"$", "$.a", "$.b", "$.items"}) {
            Object v = pick(r, 2);
            if (v != null) w.paths.put(p, v);
            w.json.put(p, v == null ? "\"\"" : String.valueOf(v));
        }
        for (String p : new String[] {"a", "b", "x"}) if (r.nextInt(3) > 0) w.params.put(p, String.valueOf(pick(r, 0)));
        w.body = r.nextBoolean() ? "{}" : null;
        w.context.put("requestId", "id-" + r.nextInt(9));
        w.context.put("httpMethod", r.nextBoolean() ? "GET" : "POST");
        w.context.put("identity", new HashMap<>(Map.of("sourceIp", "10.0.0." + r.nextInt(9))));
        w.context.put("responseOverride", new HashMap<String, Object>(Map.of("header", new HashMap<String, Object>())));
        w.context.put("requestOverride", new HashMap<String, Object>(Map.of("header", new HashMap<String, Object>())));
        if (r.nextBoolean()) w.stage.put("v", r.nextBoolean() ? "s" : "a");
        return w;
    }

    static String b64(String s) {
        return Base64.getEncoder().encodeToString(s.getBytes(StandardCharsets.UTF_8));
    }

    static VelocityEngine engine() {
        VelocityEngine e = new VelocityEngine();
        e.setProperty("runtime.log.logsystem.class", "org.apache.velocity.runtime.log.NullLogChute");
        e.init();
        return e;
    }

    public static void main(String[] args) throws Exception {
        int worlds = Integer.parseInt(args[0]);
        VelocityEngine shared = engine();
        PrintStream out = new PrintStream(new BufferedOutputStream(System.out, 1 << 20), false, "UTF-8");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line; (line = in.readLine()) != null;) {
            String src = new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_8);
            StringBuilder answer = new StringBuilder();
            // Macros are known to the whole engine once a template defines them.
            VelocityEngine engine = src.contains("macro") ? engine() : shared;
            for (int i = 0; i < worlds; i++) {
                World w = world(i);
                VelocityContext c = new VelocityContext();
                c.put("input", new Input(w));
                c.put("util", new Util());
                c.put("context", w.context);
                c.put("stageVariables", w.stage);
                StringWriter text = new StringWriter();
                if (i > 0) answer.append('\t');
                try {
                    engine.evaluate(c, text, "t", src);
                    Object override = w.context.get("responseOverride");
                    String status = String.valueOf(override instanceof Map ? ((Map<?, ?>) override).get("status") : "?");
                    answer.append(b64(text.toString())).append(' ').append(b64(status));
                } catch (Throwable e) {
                    answer.append("! ").append(b64(String.valueOf(e)));
                }
            }
            out.println(answer);
        }
        out.flush();
    }
}
