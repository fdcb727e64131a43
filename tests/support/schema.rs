//! Values against the schemas of the OpenAPI document, strictly: a member that no schema names is a
//! mistake, too.

use serde_json::{Map, Value};

/// Everything that is wrong with `value`, with its path.
pub(crate) fn mistakes(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    Check { document }.value(schema, value, "$", &mut found);
    found
}

struct Check<'a> {
    document: &'a Value,
}

impl<'a> Check<'a> {
    /// Follows references, and joins the members of `allOf`.
    fn resolved(&self, schema: &'a Value) -> Value {
        if let Some(target) = schema["$ref"].as_str() {
            let pointer = target.strip_prefix('#').unwrap();
            return self.resolved(self.document.pointer(pointer).unwrap());
        }
        let Some(parts) = schema["allOf"].as_array() else { return schema.clone() };
        let mut joined = serde_json::json!({"type": "object", "required": [], "properties": {}});
        for part in parts {
            let part = self.resolved(part);
            let required = part["required"].as_array().cloned().unwrap_or_default();
            joined["required"].as_array_mut().unwrap().extend(required);
            let properties = part["properties"].as_object().cloned().unwrap_or_default();
            joined["properties"].as_object_mut().unwrap().extend(properties);
        }
        joined
    }

    fn value(&self, schema: &'a Value, value: &Value, path: &str, found: &mut Vec<String>) {
        let schema = self.resolved(schema);
        for name in ["anyOf", "oneOf"] {
            let Some(choices) = schema[name].as_array() else { continue };
            let fits =
                choices.iter().any(|choice| mistakes(self.document, choice, value).is_empty());
            if !fits {
                found.push(format!("{path}: {value} is none of {}", schema[name]));
            }
            return;
        }
        if let Some(words) = schema["enum"].as_array()
            && !words.contains(value)
        {
            found.push(format!("{path}: {value} is not among {words:?}"));
        }
        if schema.get("const").is_some_and(|only| only != value) {
            found.push(format!("{path}: {value} is not {}", schema["const"]));
        }
        if let Some(kind) = schema["type"].as_str()
            && !is_a(kind, value)
        {
            found.push(format!("{path}: {value} is no {kind}"));
            return;
        }
        let number = value.as_f64();
        let below = number.zip(schema["minimum"].as_f64()).is_some_and(|(n, least)| n < least);
        let above = number.zip(schema["maximum"].as_f64()).is_some_and(|(n, most)| n > most);
        if below || above {
            found.push(format!("{path}: {value} is out of range"));
        }
        match value {
            Value::Object(members) => self.object(&schema, members, path, found),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let below = mistakes(self.document, &schema["items"], item);
                    found.extend(
                        below
                            .into_iter()
                            .map(|text| text.replacen('$', &format!("{path}[{index}]"), 1)),
                    );
                }
            }
            _ => {}
        }
    }

    fn object(
        &self,
        schema: &Value,
        members: &Map<String, Value>,
        path: &str,
        found: &mut Vec<String>,
    ) {
        for name in schema["required"].as_array().into_iter().flatten() {
            if !members.contains_key(name.as_str().unwrap()) {
                found.push(format!("{path}: {name} is missing"));
            }
        }
        let any =
            schema.get("properties").is_none() && schema.get("additionalProperties").is_none();
        for (name, member) in members {
            let path = format!("{path}.{name}");
            let own = &schema["properties"][name];
            let other = &schema["additionalProperties"];
            let schema = if own.is_null() { other } else { own };
            if schema.is_object() {
                let below = mistakes(self.document, schema, member);
                found.extend(below.into_iter().map(|text| text.replacen('$', &path, 1)));
            } else if !any {
                found.push(format!("{path} is not documented"));
            }
        }
    }
}

fn is_a(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        other => panic!("{other} is no type"),
    }
}
