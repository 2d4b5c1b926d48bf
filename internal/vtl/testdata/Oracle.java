import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.context.InternalContextAdapterImpl;
import org.apache.velocity.runtime.RuntimeInstance;
import org.apache.velocity.runtime.parser.ParseException;
import org.apache.velocity.runtime.parser.Token;
import org.apache.velocity.runtime.parser.node.SimpleNode;

/**
 * Reads one base64 encoded template a line and says of each what Velocity makes of it: "ok" or "error" when parsing, the same when
 * initialising, the tokens as kind:image in base64 and, for errors, the message.
 */
public class Oracle {
    static RuntimeInstance fresh() throws Exception {
        RuntimeInstance r = new RuntimeInstance();
        r.setProperty("runtime.log.logsystem.class", "org.apache.velocity.runtime.log.NullLogChute");
        r.init();
        return r;
    }

    static String b64(String s) {
        return Base64.getEncoder().encodeToString(s.getBytes(StandardCharsets.UTF_8));
    }

    public static void main(String[] args) throws Exception {
        RuntimeInstance r = fresh(), shared = fresh();
        PrintStream out = new PrintStream(new BufferedOutputStream(System.out, 1 << 20), false, "UTF-8");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line; (line = in.readLine()) != null;) {
            String src = new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_8);
            String parse = "ok", init = "ok", message = "";
            StringBuilder tokens = new StringBuilder();
            try {
                SimpleNode n = r.parse(new StringReader(src), "t", false);
                for (Token t = n.getFirstToken(); t != null; t = t.next) {
                    if (t.kind != 0) tokens.append(t.kind).append(':').append(t.image).append('\n');
                    if (t == n.getLastToken()) break;
                }
                try {
                    // Macros are known to the whole instance once they are initialised.
                    RuntimeInstance own = src.contains("macro") ? fresh() : shared;
                    InternalContextAdapterImpl context = new InternalContextAdapterImpl(new VelocityContext());
                    context.pushCurrentTemplateName("t");
                    own.parse(new StringReader(src), "t", false).init(context, own);
                } catch (Exception e) {
                    init = "error";
                    message = String.valueOf(e);
                }
            } catch (ParseException e) {
                parse = "error";
                message = e.getMessage();
            } catch (Exception e) {
                parse = "exception";
                message = String.valueOf(e);
            } catch (StackOverflowError e) {
                parse = "overflow";
            }
            out.println(parse + "\t" + init + "\t" + b64(tokens.toString()) + "\t" + b64(message));
        }
        out.flush();
    }
}
