package sam

import (
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// An event is one member of Events.
type event struct {
	name  string
	kind  string
	id    string     // what the ids of its resources begin with
	at    place      // the event's name
	props *tree.Node // never nil
}

// events goes through the events of a function or state machine.
func (t *transformer) events(props *tree.Node, tg *target, handle func(*target, *event)) {
	events, open := knownMap(props, "Events")
	if open {
		t.openEvents()
	}
	if events == nil {
		return
	}
	for _, e := range inOrder(events.Entries) {
		if e.Value.Is(tree.Null) {
			continue
		}
		kind, known := e.Value.Get("Type").Str()
		if !known {
			t.openEvents()
			continue
		}
		ev := &event{name: e.Key, kind: kind, id: tg.id() + e.Key, at: place(e.KeySpan), props: mapOf(e.Value, "Properties")}
		if ev.props == nil {
			ev.props = ev.at.mapping()
		}
		handle(tg, ev)
	}
}

// inOrder sorts events as the translator does, by path or else by name: the one
// for $default comes first, and its permission spares those of the others.
func inOrder(events []tree.Entry) []tree.Entry {
	key := func(e tree.Entry) string {
		properties := e.Value.Get("Properties")
		if s, ok := properties.Get("Path").Str(); ok {
			return s
		}
		if kind, _ := e.Value.Get("Type").Str(); kind == "HttpApi" && properties.Has("Path") == tri.No && properties.Has("Method") == tri.No {
			return defaultPath
		}
		return e.Key
	}
	return slices.SortedStableFunc(slices.Values(events), func(a, b tree.Entry) int { return strings.Compare(key(a), key(b)) })
}

// functionEvent makes what an event of a function stands for. Events that are
// no API keep just so much that it shows who else invokes the function.
func (t *transformer) functionEvent(tg *target, ev *event) {
	at := ev.at
	switch ev.kind {
	case "Api":
		t.apiEvent(tg, ev)
	case "HttpApi":
		t.httpEvent(tg, ev)
	case "Schedule", "CloudWatchEvent", "EventBridgeRule":
		t.ruleEvent(tg, ev)
	case "ScheduleV2":
		t.make(tg.res, ev.id, "AWS::Scheduler::Schedule", at,
			member{"ScheduleExpression", ev.props.Get("ScheduleExpression")},
			member{"State", ev.props.Get("State")},
			member{"Target", at.mapping(member{"Arn", at.text(at.here(tg.arn))})},
		)
	case "SQS", "Kinesis", "DynamoDB", "MSK", "MQ", "SelfManagedKafka", "DocumentDB":
		t.make(tg.res, ev.id, eventSource, at,
			member{"FunctionName", at.text(at.here(tg.name))},
			member{"EventSourceArn", eventSourceARN(ev)},
			member{"Enabled", ev.props.Get("Enabled")},
		)
	case "SNS":
		t.snsEvent(tg, ev)
	case "S3":
		t.permission(tg, ev.id+"Permission", at, "s3.amazonaws.com", member{"SourceAccount", at.text(at.pseudo("AccountId"))})
		if id, ok := getAttOf(ev.props.Get("Bucket")); ok {
			t.notify(id, at, at.mapping(member{"Event", ev.props.Get("Events")}, member{"Function", at.text(at.here(tg.arn))}))
		}
	case "Cognito":
		members := []member{}
		if id, ok := getAttOf(ev.props.Get("UserPool")); ok {
			members = append(members, member{"SourceArn", at.text(at.ref(id, "AWS::Cognito::UserPool", "Arn"))})
			t.trigger(id, at, ev.props.Get("Trigger"), tg.arn)
		}
		t.permission(tg, tg.id()+"CognitoPermission", at, "cognito-idp.amazonaws.com", members...)
	case "CloudWatchLogs":
		t.permission(tg, ev.id+"Permission", at, "logs.amazonaws.com", member{"SourceArn", logGroupARN(ev)})
		t.make(tg.res, ev.id, "AWS::Logs::SubscriptionFilter", at,
			member{"DestinationArn", at.text(at.here(tg.arn))}, member{"LogGroupName", ev.props.Get("LogGroupName")}, member{"FilterPattern", ev.props.Get("FilterPattern")})
	case "IoTRule":
		t.permission(tg, ev.id+"Permission", at, "iot.amazonaws.com",
			member{"SourceAccount", at.text(at.pseudo("AccountId"))},
			member{"SourceArn", at.text(at.arn("iot", at.lit("rule/"), at.ref(ev.id, "AWS::IoT::TopicRule", "")))})
		t.make(tg.res, ev.id, "AWS::IoT::TopicRule", at, member{"TopicRulePayload", at.mapping(
			member{"Sql", ev.props.Get("Sql")},
			member{"Actions", at.list(at.mapping(member{"Lambda", at.mapping(member{"FunctionArn", at.text(at.here(tg.arn))})}))},
		)})
	case "AlexaSkill":
		t.permission(tg, ev.id+"Permission", at, "alexa-appkit.amazon.com", member{"EventSourceToken", ev.props.Get("SkillId")})
	default:
		// A kind of event that is not known may give permissions of its own.
		t.stack.Open = true
	}
}

// machineEvent makes what an event of a state machine stands for.
func (t *transformer) machineEvent(tg *target, ev *event) {
	switch ev.kind {
	case "Api":
		t.machineAPIEvent(tg, ev)
	case "Schedule", "CloudWatchEvent", "EventBridgeRule":
		role := ev.id + "Role"
		t.startRole(tg, ev, role, "events.amazonaws.com")
		t.rule(tg, ev, ev.at.mapping(
			member{"Id", ev.at.str(t.logical(ev.id) + "StepFunctionsTarget")},
			member{"Arn", ev.at.text(ev.at.here(tg.arn))},
			member{"RoleArn", ev.at.text(ev.at.ref(role, iamRole, "Arn"))},
		))
	case "ScheduleV2":
		t.startRole(tg, ev, ev.id+"Role", "scheduler.amazonaws.com")
	}
}

// startRole makes the role with which a service starts a state machine.
func (t *transformer) startRole(tg *target, ev *event, id, service string) {
	at := ev.at
	t.make(tg.res, id, iamRole, at,
		member{"AssumeRolePolicyDocument", assumeRole(at, service)},
		member{"Policies", at.list(policy(at, t.logical(id)+"StartExecutionPolicy", at.mapping(
			member{"Statement", at.list(at.mapping(
				member{"Action", at.str("states:StartExecution")},
				member{"Effect", at.str("Allow")},
				member{"Resource", at.text(at.here(tg.arn))},
			))},
		)))},
	)
}

// ruleEvent makes the EventBridge rule of an event, and lets it invoke the function.
func (t *transformer) ruleEvent(tg *target, ev *event) {
	at := ev.at
	t.rule(tg, ev, at.mapping(
		member{"Id", at.str(t.logical(ev.id) + "LambdaTarget")},
		member{"Arn", at.text(at.here(tg.arn))},
		member{"Input", ev.props.Get("Input")},
	))
	t.permission(tg, ev.id+"Permission", at, "events.amazonaws.com", member{"SourceArn", at.text(at.ref(ev.id, eventsRule, "Arn"))})
}

func (t *transformer) rule(tg *target, ev *event, target *tree.Node) {
	t.make(tg.res, ev.id, eventsRule, ev.at,
		member{"ScheduleExpression", ev.props.Get("Schedule")},
		member{"EventPattern", ev.props.Get("Pattern")},
		member{"EventBusName", ev.props.Get("EventBusName")},
		member{"State", ev.props.Get("State")},
		member{"Name", ev.props.Get("Name")},
		member{"Targets", ev.at.list(target)},
	)
}

// snsEvent subscribes the function, or a queue that it reads, to a topic.
func (t *transformer) snsEvent(tg *target, ev *event) {
	at, topic := ev.at, ev.props.Get("Topic")
	if set(ev.props, "SqsSubscription") != tri.No {
		t.make(tg.res, ev.id+"EventSourceMapping", eventSource, at, member{"FunctionName", at.text(at.here(tg.name))})
		return
	}
	t.make(tg.res, ev.id, "AWS::SNS::Subscription", at,
		member{"Protocol", at.str("lambda")}, member{"Endpoint", at.text(at.here(tg.arn))}, member{"TopicArn", topic})
	t.permission(tg, ev.id+"Permission", at, "sns.amazonaws.com", member{"SourceArn", topic})
}

// eventSourceARN returns what a function polls.
func eventSourceARN(ev *event) *tree.Node {
	for _, key := range []string{"Queue", "Stream", "Broker", "Cluster"} {
		if n := ev.props.Get(key); n != nil {
			return n
		}
	}
	return nil
}

func logGroupARN(ev *event) *tree.Node {
	at := ev.at
	name := value.UnknownText(at.span())
	if n := ev.props.Get("LogGroupName"); n != nil {
		name = n.Text()
	}
	return at.text(at.arn("logs", at.lit("log-group:"), name, at.lit(":*")))
}

// notify has a bucket of the template tell the function about its objects.
func (t *transformer) notify(bucket string, at place, configuration *tree.Node) {
	t.amend(bucket, "NotificationConfiguration", func(n *tree.Node) *tree.Node {
		if n == nil {
			n = at.mapping()
		}
		if n.Is(tree.Map) {
			list := asList(n.Get("LambdaConfigurations"))
			if list == nil {
				list = at.list()
			}
			n = n.Set("LambdaConfigurations", tree.NewList(at.span(), append(items(list)[:len(items(list)):len(items(list))], configuration)...))
		}
		return n
	})
}

// trigger has a user pool of the template call the function.
func (t *transformer) trigger(pool string, at place, triggers *tree.Node, function value.Text) {
	names, _ := triggers.Members()
	t.amend(pool, "LambdaConfig", func(n *tree.Node) *tree.Node {
		if n == nil {
			n = at.mapping()
		}
		for _, name := range names {
			if s, ok := name.Str(); ok && n.Is(tree.Map) {
				n = n.Set(s, at.text(function))
			}
		}
		return n
	})
}

// amend changes a property of a resource that the template has.
func (t *transformer) amend(id, property string, change func(*tree.Node) *tree.Node) {
	for i, r := range t.originals {
		if r.ID != id || strings.HasPrefix(r.Type, prefix) {
			continue
		}
		props := r.Properties
		if props == nil || props.Kind == tree.Null {
			props = place(r.Span).mapping()
		}
		if !props.Is(tree.Map) {
			return
		}
		c := *r
		c.Properties = props.Set(property, change(props.Get(property)))
		t.originals[i] = &c
	}
}
