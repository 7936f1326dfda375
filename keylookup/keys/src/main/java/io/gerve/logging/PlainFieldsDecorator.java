package io.gerve.logging;

import net.logstash.logback.decorate.MapperBuilderDecorator;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.MapperBuilder;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.ValueSerializerModifier;
import tools.jackson.databind.ser.std.ToStringSerializer;

/** Decorator of the JSON encoder that writes objects in fields as strings, never as nested JSON objects. */
final class PlainFieldsDecorator<M extends ObjectMapper, B extends MapperBuilder<M, B>>
        implements MapperBuilderDecorator<M, B> {
    @Override
    public B decorate(B builder) {
        builder.addModule(new SimpleModule("plain-fields").setSerializerModifier(new ValueSerializerModifier() {
            private static final long serialVersionUID = 1;

            @Override
            public ValueSerializer<?> modifySerializer(
                    SerializationConfig config, BeanDescription.Supplier bean, ValueSerializer<?> serializer) {
                return ToStringSerializer.instance;
            }
        }));
        return builder;
    }
}
